#include "nsc/server_config.h"

#include <fmt/format.h>

#include <algorithm>

namespace midge::tools {
namespace {

// Names come from JWTs, so a line break in a name must not end the comment.
std::string comment(std::string name) {
    std::replace_if(
        name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '?');
    return name;
}

constexpr const char* full_block = R"(resolver {
    type: full
    # where the account JWTs are stored
    dir: './jwt'
    # true: a delete renames the JWT file to <name>.delete
    allow_delete: false
    # how often this server compares its JWTs with those of another
    interval: "2m"
    # how long a lookup waits for other servers
    timeout: "1.9s"
}
)";

constexpr const char* cache_block = R"(resolver {
    type: cache
    # where the account JWTs are cached
    dir: './jwt'
    # how long a JWT stays in the cache
    ttl: "1h"
    # how long a lookup waits for other servers
    timeout: "1.9s"
}
)";

}  // namespace

std::string memory_resolver_config(const ServerConfigInput& input) {
    std::string out = fmt::format("// Operator \"{}\"\noperator: {}\n\n",
                                  comment(input.operator_name), input.operator_jwt);
    if (!input.system_account.empty())
        out += fmt::format("system_account: {}\n\n", input.system_account);
    out += "resolver: MEMORY\n\nresolver_preload: {\n";
    for (const auto& [key, account] : input.accounts) {
        out += fmt::format("  // Account \"{}\"\n  {}: {}\n\n", comment(account.name), key,
                           account.jwt);
    }
    return out + "}\n";
}

Result<std::string> nats_resolver_config(const ServerConfigInput& input, NatsResolver type) {
    const auto system = input.accounts.find(input.system_account);
    if (system == input.accounts.end()) {
        return fail(
            "system account is not set: 'nsc edit operator --system-account NAME' or --sys-account "
            "NAME");
    }
    std::string out = fmt::format("# Operator named {}\noperator: {}\n",
                                  comment(input.operator_name), input.operator_jwt);
    out += fmt::format("# System Account named {}\nsystem_account: {}\n\n",
                       comment(system->second.name), system->first);
    out += type == NatsResolver::full ? full_block : cache_block;
    out +=
        "\n# The system account, so that accounts can be pushed to a server that has none yet "
        "('nsc push -A').\n";
    return out + fmt::format("resolver_preload: {{\n    {}: {},\n}}\n", system->first,
                             system->second.jwt);
}

}  // namespace midge::tools
