#pragma once
#include <string_view>
#include <vector>

#include "config/config_value.h"

// Settings of nats-server that Midge does not have yet (docs/protocol/configuration.md, Settings
// that are not built), to distinguish them from misspelt keys. Keys are in lower case.
namespace midge {

[[nodiscard]] bool is_unbuilt_setting(std::string_view key);
[[nodiscard]] std::vector<std::string_view> unbuilt_settings();
// Whether the value means that the feature is not used: `prof_port: 0`, `cluster {}`.
[[nodiscard]] bool leaves_feature_off(std::string_view key, const ConfigValue& value);
// The same for the `jetstream` of an account or the server.
[[nodiscard]] bool leaves_jetstream_off(const ConfigValue& value);
// Whether nats-server allows the key in a tls block.
[[nodiscard]] bool is_tls_setting(std::string_view key);

}  // namespace midge
