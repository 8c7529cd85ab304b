#pragma once
// Server configurations with the accounts of an operator.
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

// `resolver: MEMORY` with all accounts preloaded.
[[nodiscard]] std::string memory_resolver_config(const ServerConfigInput& input);

enum class NatsResolver { full, cache };
// A directory resolver with the system account preloaded; fails without one.
[[nodiscard]] Result<std::string> nats_resolver_config(const ServerConfigInput& input,
                                                       NatsResolver type);

}  // namespace midge::tools
