#pragma once
// Accounts of the configuration as the broker has them. The configuration has been checked.
#include <vector>

#include "account/account_registry.h"
#include "config/options.h"
#include "exchange/service_import.h"

namespace midge {

// Limits, mappings and tracing.
void configure_account(Account& account, const AccountOptions& options, Logger& log);
// Requires: `registry` knows all accounts of the configuration. Imports that stay are the same
// objects.
[[nodiscard]] StreamImports make_stream_imports(const AccountOptions& options,
                                                const AccountRegistry& registry);
[[nodiscard]] std::vector<ServiceTerms> make_service_terms(const AccountOptions& importer,
                                                           const Options& options,
                                                           const AccountRegistry& registry);

}  // namespace midge
