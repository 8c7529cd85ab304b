#pragma once
// exports and imports of an account (spec config.md 6). Services are refused: not built yet.
#include "config/account_options.h"
#include "config/config_reader.h"

namespace midge {

[[nodiscard]] std::vector<StreamExportOptions> read_exports(ConfigReader& reader,
                                                            const ConfigEntry& entry);
[[nodiscard]] std::vector<StreamImportOptions> read_imports(ConfigReader& reader,
                                                            const ConfigEntry& entry);

}  // namespace midge
