#pragma once
#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// Reads proxies { trusted: [ {key} ] } (docs/protocol/configuration.md, Proxies block).
void read_proxies(ConfigReader& reader, const ConfigEntry& entry, Options& options);

}  // namespace midge
