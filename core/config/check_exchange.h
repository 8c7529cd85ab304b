#pragma once
// Whether what accounts import is exported to them (spec config.md 6).
#include <string>
#include <vector>

#include "config/account_options.h"

namespace midge {

// What is wrong between the accounts, in nats-server's words and order: unknown accounts, imports
// that are not authorized, that cannot be mapped, that are there twice or that form a cycle.
[[nodiscard]] std::vector<std::string> check_exchange(const std::vector<AccountOptions>& accounts);

}  // namespace midge
