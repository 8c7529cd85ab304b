#pragma once
// What the event loops read of the configuration: one immutable value, replaced as a whole by a
// reload.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/options.h"
#include "connection/role.h"
#include "connection/tls_source.h"
#include "websocket/upgrade.h"

namespace midge {

// Whom the server dials, and how often it tries.
struct DialSettings {
    struct Address {
        std::string host;  // a name or a numeric address
        uint16_t port = 0;
    };
    std::vector<Address> addresses;  // at least one; tried in turn
    std::chrono::milliseconds connect_timeout{};
    // From one try to the next: doubled with each that has no success (Dialler::succeeded), and up
    // to a tenth more by chance, so that servers that lost the same peer do not come back together.
    std::chrono::milliseconds delay_min{}, delay_max{};
};

// One listener, or one peer that the server dials, and what its connections have in common.
struct ListenerSettings {
    std::string_view tls_setting;      // of the configuration, for the log: "websocket.tls"
    std::string host;                  // where it listens
    int port = 0;                      // the same; -1: any port that is free
    uint16_t bound_port = 0;           // once it listens
    std::shared_ptr<const Role> role;  // never null; shared with logins under way
    std::shared_ptr<TlsSource> tls;    // null: plain connections
    std::optional<TlsOptions> tls_options;
    std::chrono::milliseconds ping_interval{};
    bool proxied = false;                 // each connection begins with a PROXY header
    std::optional<DialSettings> dial;     // set: the server dials (Dialler) and does not listen
    std::optional<UpgradeRules> upgrade;  // set: each connection becomes a WebSocket
};

struct Settings {
    Options options;
    // A reload changes their values, never their number or order.
    std::vector<ListenerSettings> listeners;
};

}  // namespace midge
