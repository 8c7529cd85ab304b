#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "config/config_reader.h"

namespace midge {

// Whether over a minute is warned of, as probably meant otherwise: nats-server does so in one
// block.
enum class LongTime : uint8_t { taken, warned_of };

// A time in seconds as a number, or a duration as a text: "timeout: 2.5", "timeout: '2s'". Zero
// gives `usual`. `block` begins the messages: "error parsing tls config".
[[nodiscard]] std::optional<std::chrono::milliseconds> read_seconds(
    ConfigReader& reader, const ConfigEntry& entry, std::string_view block,
    std::chrono::milliseconds usual, LongTime longer = LongTime::taken);

// A scalar as messages repeat it.
[[nodiscard]] std::string shown(const ConfigValue& value);

}  // namespace midge
