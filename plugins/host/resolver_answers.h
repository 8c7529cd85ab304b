#pragma once
// Interprets the answers of resolver plugins.
#include <string>
#include <string_view>
#include <vector>

#include "abi/midge_resolver.h"
#include "account/account_resolver.h"
#include "host/pending_requests.h"

namespace midge {

// Reads the answer of plugin `who`, and checks its size and status.
[[nodiscard]] Result<PluginAnswer> read_answer(std::string_view who, const midge_answer& answer,
                                               size_t bytes_max);

// Returns the JWT, or no text if the plugin says that it is unchanged. The latter is an error
// unless `may_be_unchanged`.
[[nodiscard]] Result<std::optional<std::string>> fetched_jwt(std::string_view who,
                                                             Result<PluginAnswer> answer,
                                                             bool may_be_unchanged);
// Returns the result of a store or erase without a condition.
[[nodiscard]] Result<> finished(std::string_view who, Result<PluginAnswer> answer);
// Adds the account keys of a page. Fails if there are more than list_page_accounts_max.
[[nodiscard]] Result<> add_page(std::string_view who, const PluginAnswer& page,
                                std::vector<std::string>& accounts);

}  // namespace midge
