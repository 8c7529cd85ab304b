#pragma once
// The settings that event loops use: one immutable value, which a reload replaces as a whole.
#include <chrono>
#include <cstdint>
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

// The peer that the server dials, and the pauses between its attempts. With a client's TLS context
// in the `tls` of the entry, the order in its `tls_options` says how TLS begins: at once, as
// routes, gateways, and leaf nodes with handshake_first do; or, for info_first, behind the first
// line of the peer, as other leaf nodes do (RoleSteps::wants_tls_after).
struct DialSettings {
    struct Address {
        std::string host;  // a name or a numeric address
        uint16_t port = 0;
    };
    std::vector<Address> addresses;  // at least one; tried in turn
    std::chrono::milliseconds connect_timeout{};
    // The pause between two attempts. It doubles after each attempt without success
    // (Dialler::succeeded). A random part of up to a tenth is added, so that servers that have lost
    // the same peer do not come back at the same moment.
    std::chrono::milliseconds delay_min{}, delay_max{};
    // For info_first: no TLS if the role says so of the peer's first line. Otherwise such a line
    // ends the connection.
    bool tls_optional = false;
};

// One listener, or one peer that the server dials, and what its connections have in common.
struct ListenerSettings {
    std::string_view tls_setting;      // name of its TLS setting for the log: "websocket.tls"
    std::string host;                  // the address on which it listens
    int port = 0;                      // the port; -1: any free port
    uint16_t bound_port = 0;           // the actual port, once it listens
    std::shared_ptr<const Role> role;  // never null; shared with logins under way
    std::shared_ptr<TlsSource> tls;    // null: plain connections
    std::optional<TlsOptions> tls_options;
    std::chrono::milliseconds ping_interval{};
    bool proxied = false;                 // each connection begins with a PROXY header
    std::optional<DialSettings> dial;     // set: the server dials (Dialler) and does not listen
    std::optional<UpgradeRules> upgrade;  // set: each connection becomes a WebSocket
};

struct Settings {
    // Counts what has been in force since the start, from 1.
    uint64_t generation = 0;
    Options options;
    // A reload changes their values, but neither their number nor their order.
    std::vector<ListenerSettings> listeners;
};

}  // namespace midge
