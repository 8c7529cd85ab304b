#pragma once
// What the event loops read of the configuration: one immutable value, replaced as a whole by a
// reload.
#include <memory>
#include <optional>

#include "broker/login.h"
#include "broker/tls_source.h"
#include "config/options.h"
#include "protocol/info.h"
#include "websocket/upgrade.h"

namespace midge {

// By which the connections of one listener differ from those of another.
struct ListenerSettings {
    ServerInfoFields server_info;
    std::shared_ptr<const Authenticator> authenticator;
    std::shared_ptr<TlsSource> tls;  // null: plain connections
    std::optional<TlsOptions> tls_options;
    std::chrono::milliseconds auth_timeout{};
    std::chrono::milliseconds ping_interval{};
};

struct Settings {
    Options options;
    ListenerSettings clients;
    ListenerSettings websocket;  // meaningless without such a listener
    UpgradeRules upgrade;        // the same
};

}  // namespace midge
