#pragma once
#include <string_view>
#include <vector>

#include "config/config_value.h"

// What nats-server's configuration has and this one does not yet (spec config.md 2-14), to be told
// from what is misspelt. Keys in lower case.
namespace midge {

[[nodiscard]] bool is_unbuilt_setting(std::string_view key);
[[nodiscard]] std::vector<std::string_view> unbuilt_settings();
// Whether such a setting's value is the one of a server without it: `prof_port: 0`, `cluster {}`.
[[nodiscard]] bool leaves_feature_off(std::string_view key, const ConfigValue& value);
// The same for an account's or the server's `jetstream`.
[[nodiscard]] bool leaves_jetstream_off(const ConfigValue& value);
// Whether a tls block may have it in nats-server.
[[nodiscard]] bool is_tls_setting(std::string_view key);

}  // namespace midge
