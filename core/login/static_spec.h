#pragma once
// The users of the configuration as core/auth wants them.
#include "auth/static_login.h"
#include "config/options.h"

namespace midge {

// Without `certificates_name_users`, which is not of one listener alone.
[[nodiscard]] StaticAuthSpec to_static_spec(const Options& options);

}  // namespace midge
