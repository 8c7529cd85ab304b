#pragma once
#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// Reads a permissions block: publish, subscribe, allow_responses (docs/protocol/configuration.md,
// Permissions block). No value if it is not a block.
[[nodiscard]] std::optional<PermissionRules> read_permissions(ConfigReader& reader,
                                                              const ConfigEntry& entry);

}  // namespace midge
