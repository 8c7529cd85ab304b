#pragma once
// resolver_preload: account JWTs that a resolver gets from the configuration
// (docs/protocol/resolver.md, Selection).
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "account/account_resolver.h"
#include "base/log.h"
#include "base/result.h"

namespace midge {

// The first resolver that stores: what `preload` (account key -> JWT) is for. Null if there is
// nothing to store. Fails if there is no resolver that stores.
[[nodiscard]] Result<AccountResolver*> find_preload_target(
    const std::map<std::string, std::string>& preload,
    const std::vector<std::unique_ptr<AccountResolver>>& resolvers);

// Puts each JWT into that resolver, unless it has a newer one or the same
// (docs/protocol/resolver.md, Directory). Waits for each, within the resolver's deadline. JWTs that
// cannot be stored are logged.
void store_preload(const std::map<std::string, std::string>& preload, AccountResolver& resolver,
                   Logger& log);

}  // namespace midge
