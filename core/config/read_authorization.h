#pragma once
#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// authorization { ... } (spec config.md 5).
void read_authorization(ConfigReader& reader, const ConfigEntry& entry, Options& options);

}  // namespace midge
