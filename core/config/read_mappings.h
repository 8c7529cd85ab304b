#pragma once
#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// Reads mappings { "from": "to", ... }, at the top level or in an account
// (docs/protocol/configuration.md, Mappings block).
[[nodiscard]] std::vector<SubjectMapping> read_mappings(ConfigReader& reader,
                                                        const ConfigEntry& entry);
// Reads the top-level mappings, which belong to the global account.
void read_global_mappings(ConfigReader& reader, const ConfigEntry& entry, Options& options);

}  // namespace midge
