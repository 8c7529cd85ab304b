#pragma once
#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// Reads websocket { ... } (docs/protocol/configuration.md, WebSocket block).
void read_websocket(ConfigReader& reader, const ConfigEntry& entry, Options& options);

// Checks it together with the other settings, if it has a port.
[[nodiscard]] Result<> check_websocket(const Options& options);

}  // namespace midge
