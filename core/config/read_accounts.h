#pragma once
#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// Reads accounts { NAME { ... } ... }, or a list of names (docs/protocol/configuration.md,
// Accounts).
void read_accounts(ConfigReader& reader, const ConfigEntry& entry, Options& options);

}  // namespace midge
