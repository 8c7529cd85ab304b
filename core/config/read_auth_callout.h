#pragma once
#include <optional>

#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// auth_callout { ... } in authorization (docs/protocol/configuration.md, Auth callout block).
// Nothing: it is wrong, which was reported.
[[nodiscard]] std::optional<AuthCalloutOptions> read_auth_callout(ConfigReader& reader,
                                                                  const ConfigEntry& entry);

// Once all is read: whether the accounts that it lists are configured.
[[nodiscard]] Result<> check_allowed_accounts(const Options& options);

}  // namespace midge
