#pragma once
// Which account is the system account, and where it comes from.
#include <memory>
#include <string>

#include "account/account_registry.h"
#include "auth/trust.h"
#include "base/log.h"
#include "base/result.h"
#include "config/options.h"

namespace midge {

class SystemServices;

// The operators whose accounts are accepted; none: accounts are those of the configuration. Fails
// if one of their JWTs is not valid, or names another system account than the options.
[[nodiscard]] Result<std::shared_ptr<const TrustedOperators>> make_trusted_operators(
    const Options& options);

// The key or the name of the system account, of the configuration or the operator; empty: it is
// "$SYS", or there is none (has_system_account).
[[nodiscard]] std::string system_account_key(const Options& options,
                                             const TrustedOperators& operators);
[[nodiscard]] bool has_system_account(const Options& options);

// Finds or adds the system account; null: there is none. One with a JWT is known at once, and its
// JWT is fetched later (fetch_system_account). Fails if the options name an account that the
// configuration does not have, or what is no key. Requires: `registry` has the accounts of the
// configuration, or its source. Before the threads start.
[[nodiscard]] Result<Account*> add_system_account(AccountRegistry& registry, const Options& options,
                                                  const TrustedOperators& operators, Logger& log);

// Asks the resolvers for the JWT of the system account, every second until they have it. Does not
// wait. The parts outlive the system thread. Any thread.
void fetch_system_account(const Account& account, AccountRegistry& registry,
                          SystemServices& services, Logger& log);

}  // namespace midge
