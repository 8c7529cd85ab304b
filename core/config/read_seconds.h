#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "config/config_reader.h"

namespace midge {

// Whether times of more than a minute cause a warning, because they are probably a mistake.
// nats-server warns only in one block.
enum class LongTime : uint8_t { taken, warned_of };

// Reads a time: a number of seconds, or a duration as text: "timeout: 2.5", "timeout: '2s'". Zero
// gives `usual`. `block` is the start of messages: "error parsing tls config".
[[nodiscard]] std::optional<std::chrono::milliseconds> read_seconds(
    ConfigReader& reader, const ConfigEntry& entry, std::string_view block,
    std::chrono::milliseconds usual, LongTime longer = LongTime::taken);

// Returns a scalar as messages show it.
[[nodiscard]] std::string shown(const ConfigValue& value);

}  // namespace midge
