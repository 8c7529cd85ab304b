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

// Puts each JWT of `preload` (account key -> JWT) into the first resolver that stores, unless that
// has a newer one or the same (docs/protocol/resolver.md, Directory). Waits for each, within the
// resolver's own deadline; what cannot be stored is logged. Fails if there is something to store
// and no resolver that stores.
[[nodiscard]] Result<> store_preload(const std::map<std::string, std::string>& preload,
                                     const std::vector<std::unique_ptr<AccountResolver>>& resolvers,
                                     Logger& log);

}  // namespace midge
