#pragma once
// The request of a server to its callout service about a login, and the answer
// (docs/protocol/jwt.md, Auth callout).
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/claims.h"
#include "base/result.h"

namespace midge {

inline constexpr std::string_view callout_audience = "nats-authorization-request";
inline constexpr std::string_view callout_subject = "$SYS.REQ.USER.AUTH";

struct CalloutServer {
    std::string name;
    std::string host;
    std::string id;
    std::string version;
    std::vector<std::string> tags;
    std::string xkey;  // set if the request is sealed
};

struct CalloutClient {
    std::string host;
    uint64_t id = 0;
    // The identity that the client claims: nkey, user name, key of its JWT, or token.
    std::string user;
    std::string name;
    std::string kind;   // "Client"
    std::string type;   // "nats" or "websocket"
    std::string nonce;  // nonce of INFO, which `sig` signs
};

// The fields of CONNECT that the service gets. Contains secrets.
struct CalloutConnect {
    std::string jwt;
    std::string nkey;
    std::string sig;
    std::string token;
    std::string user;
    std::string password;
    std::string name;
    std::string lang;
    std::string version;
    int64_t protocol = 0;
};

// Set for a connection over TLS. Certificates are in PEM.
struct CalloutTls {
    std::string version;                      // "1.3"
    std::string cipher;                       // IANA name
    std::vector<std::string> verified_chain;  // from the client's certificate to the authority
};

struct AuthorizationRequestClaims : StandardClaims, CommonClaims {
    CalloutServer server;
    std::string user_key;  // "U...", made for this login; the subject of the answer's JWT
    CalloutClient client;
    CalloutConnect connect;
    std::optional<CalloutTls> tls;
};

// The conditions that an answer must meet.
struct CalloutTerms {
    std::string user_key;
    std::string server_id;
    std::string account;  // account of the service, for error texts
    std::function<bool(std::string_view key)> may_answer;  // whether this key may sign an answer
};

// Reads an answer that accepts the client, and returns its user. Requires: the caller checks the
// issuer of that user. The error is the reason of a refusal, which may be a text of the service. It
// may be shown in the log and in the service's account, but never to the client.
[[nodiscard]] Result<UserClaims> read_callout_answer(std::string_view token,
                                                     const CalloutTerms& terms);

}  // namespace midge
