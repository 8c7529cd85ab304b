#pragma once
// Makes server configurations with the accounts of an operator.
#include <map>
#include <string>

#include "base/result.h"

namespace midge::tools {

struct ServerConfigAccount {
    std::string name;
    std::string jwt;
};

struct ServerConfigInput {
    std::string operator_name;
    std::string operator_jwt;
    std::string system_account;  // public key; may be empty with the memory resolver
    std::map<std::string, ServerConfigAccount> accounts;  // by public key
};

// Returns a configuration with `resolver: MEMORY` and all accounts preloaded.
[[nodiscard]] std::string memory_resolver_config(const ServerConfigInput& input);

enum class NatsResolver { full, cache };
// Returns a configuration with a directory resolver and the system account preloaded. Fails without
// a system account.
[[nodiscard]] Result<std::string> nats_resolver_config(const ServerConfigInput& input,
                                                       NatsResolver type);

}  // namespace midge::tools
