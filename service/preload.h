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

// Stores each JWT of `preload` (account key -> JWT) in the first resolver that can store, unless
// that has the same or a newer one (docs/protocol/resolver.md, Directory). Waits for each, within
// the resolver's deadline. JWTs that cannot be stored are logged. Fails if there are JWTs to store
// and no resolver can store.
[[nodiscard]] Result<> store_preload(const std::map<std::string, std::string>& preload,
                                     const std::vector<std::unique_ptr<AccountResolver>>& resolvers,
                                     Logger& log);

}  // namespace midge
