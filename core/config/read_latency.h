#pragma once
#include <optional>

#include "config/account_options.h"
#include "config/config_reader.h"

namespace midge {

// Reads the latency of a service's export: a subject, or { subject, sampling }
// (docs/protocol/configuration.md, Exports and imports). No value: an error was reported.
[[nodiscard]] std::optional<LatencyOptions> read_latency(ConfigReader& reader,
                                                         const ConfigEntry& entry);

}  // namespace midge
