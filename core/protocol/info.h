#pragma once
// The INFO line (docs/protocol/client-protocol.md, INFO).
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge {

struct ServerInfoFields {
    std::string server_id;
    std::string server_name;
    std::string version;
    std::string host;
    int port = 0;
    bool headers = true;
    bool auth_required = false;
    bool tls_required = false;
    bool tls_verify = false;
    bool tls_available = false;
    int64_t payload_bytes_max = 0;
    // The server is about to stop, and clients should connect to another one.
    bool lame_duck = false;
    std::string xkey;
};

// The members that differ between connections and between INFO lines.
struct ConnectionInfoFields {
    uint64_t client_id = 0;
    std::string client_ip;
    std::string nonce;  // first INFO only
    // Only in the second INFO, after the first PING that follows CONNECT:
    bool connect_info = false;
    std::string remote_account;
    bool account_is_system = false;
};

// Returns "INFO {...} \r\n" with the members in nats-server's order.
[[nodiscard]] std::string info_line(const ServerInfoFields& server,
                                    const ConnectionInfoFields& connection);

// Checks the argument of an INFO that a client sends. A server ignores its content, but it must be
// JSON, and its members must have the types of an INFO between servers. Errors have the text of
// nats-server's log.
[[nodiscard]] Result<> check_info(std::string_view json);

// Returns whether the server whose first line is `line` (without its end) asks for TLS:
// tls_required of its INFO. Fails if the line is no INFO.
[[nodiscard]] Result<bool> info_asks_for_tls(std::string_view line);

}  // namespace midge
