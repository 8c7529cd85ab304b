#pragma once
// The address of the server, and the login.
#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"
#include "nats_handles.h"

namespace midge::cli {

inline constexpr const char* default_server_url = "nats://127.0.0.1:4222";

// Returns the pause before reconnect attempt number n (from 1).
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

// Returns the settings for libnats, without callbacks. Fails if a file cannot be read or libnats
// refuses a setting. Requires: `settings` outlives the connection.
[[nodiscard]] Result<OptionsHandle> make_options(const ConnectSettings& settings);

}  // namespace midge::cli
