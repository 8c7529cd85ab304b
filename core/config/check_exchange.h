#pragma once
// Checks that accounts export what others import from them (docs/protocol/configuration.md, Exports
// and imports).
#include <string>
#include <vector>

#include "config/account_options.h"

namespace midge {

// Returns the errors between the accounts, with the texts and the order of nats-server: unknown
// accounts, and imports that are not authorized, cannot be mapped, are duplicates or form a cycle.
[[nodiscard]] std::vector<std::string> check_exchange(const std::vector<AccountOptions>& accounts);

}  // namespace midge
