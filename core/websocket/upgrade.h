#pragma once
// The HTTP request that makes a connection one of WebSocket, and its answer (RFC 6455 section 4;
// spec client-protocol.md 10).
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "websocket/origin.h"

namespace midge {

// Of a request, its headers included.
inline constexpr size_t request_head_max = 64 * 1024;  // bytes; with cookies of several logins

struct CookieNames {  // empty: not looked for
    std::string jwt, user, password, token;
};
using CookieValues = CookieNames;  // what they hold

struct UpgradeRules {
    OriginRules origins;
    bool tls = false;
    bool compression = false;
    CookieNames cookies;
    std::vector<std::pair<std::string, std::string>> headers;  // of the answer
};

struct Upgrade {
    std::string answer;   // to be sent
    std::string refused;  // why; empty: what follows is true
    bool compression = false;
    bool masked = true;  // the client's frames are
    bool browser = false;
    std::string forwarded_for;  // an IP address, or empty
    CookieValues cookies;
};

// `head`: as request_head_size() (websocket/http_request.h) finds it.
[[nodiscard]] Upgrade judge_upgrade(std::string_view head, const UpgradeRules& rules);
// The answer to a head that grows beyond request_head_max.
[[nodiscard]] Upgrade refuse_long_head();

}  // namespace midge
