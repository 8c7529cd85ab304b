#pragma once
// Formats claims as tables.
#include <functional>
#include <string>

#include "auth/claims.h"
#include "base/terminal.h"

namespace midge::tools {

// Returns the name of the account with a public key, or the key itself.
using AccountName = std::function<std::string(const std::string& public_key)>;

[[nodiscard]] std::string describe(const OperatorClaims& claims, const Palette& palette,
                                   const AccountName& account_name);
// Several tables, with an empty line between them.
[[nodiscard]] std::string describe(const AccountClaims& claims, const Palette& palette,
                                   const AccountName& account_name);
[[nodiscard]] std::string describe(const UserClaims& claims, const Palette& palette);
[[nodiscard]] std::string describe(const ActivationClaims& claims, const Palette& palette);

}  // namespace midge::tools
