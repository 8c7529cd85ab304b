#pragma once
// The options of the running service: the file, the flags, and checks.
#include "command_line.h"
#include "config/options_loader.h"

namespace midge {

// Reads the file that the command line names (none: the defaults) and applies the flags. Errors are
// those of load_options(). Does not compare settings with each other.
[[nodiscard]] Result<LoadedOptions> read_service_options(const CommandLine& line);

// Adds the settings that follow from the operator's JWT (its account server, if no resolver is
// configured: docs/protocol/resolver.md, Selection), then checks the settings together.
[[nodiscard]] Result<Options> complete_options(LoadedOptions loaded);

}  // namespace midge
