#pragma once
// What the event loops read of the configuration: one immutable value, replaced as a whole by a reload.
#include <memory>

#include "broker/login.h"
#include "broker/tls_source.h"
#include "config/options.h"
#include "protocol/info.h"

namespace midge {

struct Settings {
    Options options;
    ServerInfoFields server_info;
    std::shared_ptr<const Authenticator> authenticator;
    std::shared_ptr<TlsSource> tls;  // null: plain connections
};

}  // namespace midge
