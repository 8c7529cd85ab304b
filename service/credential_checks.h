#pragma once
#include "config/options_loader.h"

namespace midge {

// The checks of core/config done with core/auth.
[[nodiscard]] CredentialChecks credential_checks();

}  // namespace midge
