#pragma once
// The INFO line (spec client-protocol.md 2).
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
    bool lame_duck = false;  // the server is about to end: clients should go elsewhere
    std::string xkey;
};

// What differs from one connection and INFO to the next.
struct ConnectionInfoFields {
    uint64_t client_id = 0;
    std::string client_ip;
    std::string nonce;  // first INFO only
    // Second INFO, after the first PING that follows CONNECT:
    bool connect_info = false;
    std::string remote_account;
    bool account_is_system = false;
};

// "INFO {...} \r\n", members in nats-server's order.
[[nodiscard]] std::string info_line(const ServerInfoFields& server,
                                    const ConnectionInfoFields& connection);

// Whether what a client sends as INFO is one, in the words of nats-server's log. It says nothing to
// a server, but must be JSON, with members of the types that they have between servers.
[[nodiscard]] Result<> check_info(std::string_view json);

}  // namespace midge
