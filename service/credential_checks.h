#pragma once
#include "config/options_loader.h"

namespace midge {

// The checks of core/config, implemented with core/auth.
[[nodiscard]] CredentialChecks credential_checks();

// Whether a user's password is in plain text in the configuration, or missing.
[[nodiscard]] bool has_plain_password(const Options& options);

}  // namespace midge
