#pragma once
#include "config/options_loader.h"

namespace midge {

// The checks of core/config done with core/auth.
[[nodiscard]] CredentialChecks credential_checks();

// Whether some user's password stands in the configuration as it is, or is missing.
[[nodiscard]] bool has_plain_password(const Options& options);

}  // namespace midge
