#pragma once
#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// A permissions block: publish, subscribe, allow_responses (docs/protocol/configuration.md,
// Permissions block). Nothing if it is no block.
[[nodiscard]] std::optional<PermissionRules> read_permissions(ConfigReader& reader,
                                                              const ConfigEntry& entry);

}  // namespace midge
