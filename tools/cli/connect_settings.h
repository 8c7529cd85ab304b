#pragma once
// Where to connect and as whom.
#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"
#include "nats_handles.h"

namespace midge::cli {

inline constexpr const char* default_server_url = "nats://127.0.0.1:4222";

// The wait before reconnect attempt number n (from 1).
using ReconnectDelay = std::function<std::chrono::milliseconds(int)>;

struct ConnectSettings {
    std::string servers = default_server_url;  // comma separated
    std::string name;
    std::string user, password;
    std::string token;
    std::string creds_file;
    std::string nkey_file;
    std::string tls_cert_file, tls_key_file, tls_ca_file;
    std::string inbox_prefix = "_INBOX";
    int reconnects_max = 60;
    ReconnectDelay reconnect_delay;
};

// The settings for libnats, without callbacks. Fails on a file that cannot be read and on a setting
// that libnats refuses. `settings` must outlive the connection that is made of them.
[[nodiscard]] Result<OptionsHandle> make_options(const ConnectSettings& settings);

}  // namespace midge::cli
