#pragma once
#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// Reads the block `client_limits`.
void read_client_limits(ConfigReader& reader, const ConfigEntry& entry, Options& options);

}  // namespace midge
