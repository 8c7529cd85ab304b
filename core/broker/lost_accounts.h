#pragma once
// Which connected accounts a reload would lose.
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "account/account_registry.h"
#include "account/account_resolver.h"
#include "base/result.h"
#include "config/options.h"

namespace midge {

// An account that has clients, and that a prepared reload would lose.
struct LostAccount {
    std::string name;          // public key, or name of the configuration
    std::string display_name;  // of its JWT; else name
    int connections = 0;
    std::string reason;
    bool closes = false;  // they are closed; otherwise they stay, and cannot log in again
};

// Whether all of them are: then what is not in the configuration does not exist.
[[nodiscard]] bool only_in_memory(const std::vector<ResolverOptions>& resolvers);

// Whether an account is lost if the resolvers answer the question for it with that error. One that
// cannot be asked for now, or whose JWT is not valid, is lost only if the resolvers decide
// (only_in_memory), because otherwise its clients stay as they are.
[[nodiscard]] bool is_loss(const Error& error, bool decides);

// The accounts that have clients and are not in the configuration `next`, of a server without
// operators. Those with the most clients come first. Any thread.
[[nodiscard]] std::vector<LostAccount> find_accounts_lost_by(const AccountRegistry& registry,
                                                             const Options& next);
// The accounts that have clients and of which `resolvers` have no usable JWT. `given`: JWTs by
// account that the resolvers will have by then. `decides`: only_in_memory. Waits at most `patience`
// for the resolvers: an account about which they say nothing in that time is not lost.
[[nodiscard]] std::vector<LostAccount> find_accounts_lost_by(
    const AccountRegistry& registry, AccountResolver& resolvers, bool decides,
    const std::map<std::string, std::string>& given, std::chrono::milliseconds patience);

}  // namespace midge
