#pragma once
// The HTTP request that upgrades a connection to WebSocket, and its answer (RFC 6455 section 4;
// docs/protocol/transport.md, WebSocket).
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "websocket/origin.h"

namespace midge {

// The limit for a request with its headers.
inline constexpr size_t request_head_max = 64 * 1024;  // bytes; with cookies of several logins

struct CookieNames {  // empty: not used
    std::string jwt, user, password, token;
};
using CookieValues = CookieNames;  // the values of these cookies

struct UpgradeRules {
    OriginRules origins;
    bool tls = false;
    bool compression = false;
    CookieNames cookies;
    std::vector<std::pair<std::string, std::string>> headers;  // additional headers of the answer
};

struct Upgrade {
    std::string answer;   // the answer to send
    std::string refused;  // reason; empty: the upgrade succeeds, and the members below are valid
    bool compression = false;
    bool masked = true;  // the client masks its frames
    bool browser = false;
    std::string forwarded_for;  // an IP address, or empty
    CookieValues cookies;
};

// Requires: `head` was found by request_head_size() (websocket/http_request.h).
[[nodiscard]] Upgrade judge_upgrade(std::string_view head, const UpgradeRules& rules);
// Returns the answer to a head that is longer than request_head_max.
[[nodiscard]] Upgrade refuse_long_head();

}  // namespace midge
