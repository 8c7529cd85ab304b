#pragma once
// Reads exports and imports of an account (docs/protocol/configuration.md, Exports and imports).
#include "config/account_options.h"
#include "config/config_reader.h"

namespace midge {

void read_exports(ConfigReader& reader, const ConfigEntry& entry, AccountOptions& account);
void read_imports(ConfigReader& reader, const ConfigEntry& entry, AccountOptions& account);

}  // namespace midge
