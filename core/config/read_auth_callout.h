#pragma once
#include <optional>

#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// Reads auth_callout { ... } in authorization (docs/protocol/configuration.md, Auth callout block).
// No value: an error was reported.
[[nodiscard]] std::optional<AuthCalloutOptions> read_auth_callout(ConfigReader& reader,
                                                                  const ConfigEntry& entry);

// Checks that the accounts in its list are configured. Requires: the whole configuration is read.
[[nodiscard]] Result<> check_allowed_accounts(const Options& options);

}  // namespace midge
