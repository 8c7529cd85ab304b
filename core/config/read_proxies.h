#pragma once
#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// proxies { trusted: [ {key} ] } (spec config.md 6).
void read_proxies(ConfigReader& reader, const ConfigEntry& entry, Options& options);

}  // namespace midge
