#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "config/config_reader.h"

namespace midge {

// A time in seconds as a number, or a duration as a text: "timeout: 2.5", "timeout: '2s'". Zero
// gives `usual`. `block` begins the messages: "error parsing tls config".
[[nodiscard]] std::optional<std::chrono::milliseconds> read_seconds(
    ConfigReader& reader, const ConfigEntry& entry, std::string_view block,
    std::chrono::milliseconds usual);

// A scalar as messages repeat it.
[[nodiscard]] std::string shown(const ConfigValue& value);

}  // namespace midge
