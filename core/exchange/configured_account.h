#pragma once
// Accounts of the configuration as the broker has them.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "account/account_registry.h"
#include "config/options.h"
#include "exchange/service_exchange.h"

namespace midge {

// The accounts of a configuration, made and checked, and nothing of them in force: until
// put_in_force() the registry, its accounts and their imports are as they were. The thread of the
// broker that starts and reloads; one set at a time, since it is made from what is in force.
class ConfiguredAccounts {
  public:
    // Limits, mappings, tracing and imports of `options.accounts`, and the mappings of "$G", which
    // `registry` knows. Fails when an account imports from one that is not there.
    [[nodiscard]] static Result<ConfiguredAccounts> from(const Options& options,
                                                         AccountRegistry& registry, Logger& log);
    // Cannot fail. Imports that stay are the same objects, and miss no message.
    void put_in_force(AccountRegistry& registry, ServiceExchange& exchange);

  private:
    struct Terms {
        Account* account = nullptr;
        AccountQuota quota;
        std::shared_ptr<const SubjectMappings> mappings;
        std::optional<AccountTrace> trace;
        StreamImports stream_imports;
        std::vector<ServiceTerms> service_imports;
    };

    explicit ConfiguredAccounts(AccountRegistry& registry) : registry_(&registry) {}
    [[nodiscard]] Account& find_or_make(const std::string& name, bool is_system);
    [[nodiscard]] Result<Account*> find(const std::string& importer,
                                        const std::string& exporter) const;
    [[nodiscard]] Result<> add_stream_imports(const AccountOptions& options, Terms& terms) const;
    [[nodiscard]] Result<> add_service_imports(const AccountOptions& importer,
                                               const Options& options, Terms& terms) const;

    const AccountRegistry* registry_;
    std::map<std::string, std::unique_ptr<Account>> added_;  // not in the registry yet
    std::vector<Terms> accounts_;
    std::shared_ptr<const SubjectMappings> global_mappings_;
};

}  // namespace midge
