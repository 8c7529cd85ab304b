#pragma once
// What a server and its callout service tell each other about a login (spec jwt-nkeys.md 2.6).
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
    std::string xkey;  // set when the request is sealed
};

struct CalloutClient {
    std::string host;
    uint64_t id = 0;
    std::string user;  // what it says to be: nkey, user name, key of its JWT, or token
    std::string name;
    std::string kind;   // "Client"
    std::string type;   // "nats" or "websocket"
    std::string nonce;  // of INFO, which `sig` signs
};

// What the service is told of CONNECT. Holds secrets.
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

// Of a connection over TLS. Certificates as PEM.
struct CalloutTls {
    std::string version;                      // "1.3"
    std::string cipher;                       // by its IANA name
    std::vector<std::string> verified_chain;  // of the client's certificate up to the authority
};

struct AuthorizationRequestClaims : StandardClaims, CommonClaims {
    CalloutServer server;
    std::string user_key;  // "U...", made for this login: the subject of the answer
    CalloutClient client;
    CalloutConnect connect;
    std::optional<CalloutTls> tls;
};

// What an answer must be to count.
struct CalloutTerms {
    std::string user_key;
    std::string server_id;
    std::string account;                                   // of the service, for error texts
    std::function<bool(std::string_view key)> may_answer;  // whose signature counts
};

// The user of an answer that lets somebody in; who issued it is the caller's to check. Fails with
// the reason, which may be the service's own: for the log and for the service's account, never for
// the client.
[[nodiscard]] Result<UserClaims> read_callout_answer(std::string_view token,
                                                     const CalloutTerms& terms);

}  // namespace midge
