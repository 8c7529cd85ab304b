#pragma once
#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// mappings { "from": "to", ... }, at the top or of an account (spec config.md 6).
[[nodiscard]] std::vector<SubjectMapping> read_mappings(ConfigReader& reader,
                                                        const ConfigEntry& entry);
// Those of the top level, which are the global account's.
void read_global_mappings(ConfigReader& reader, const ConfigEntry& entry, Options& options);

}  // namespace midge
