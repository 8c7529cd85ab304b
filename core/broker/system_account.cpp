#include "broker/system_account.h"

#include <chrono>
#include <utility>

#include "auth/nkey.h"
#include "services/system_services.h"

namespace midge {
namespace {

constexpr std::chrono::seconds system_account_retry{1};

}  // namespace

Result<std::shared_ptr<const TrustedOperators>> make_trusted_operators(const Options& options) {
    auto operators = TrustedOperators::from(options.operator_jwts, options.trusted_keys);
    if (!operators) return pass(operators);
    if (!operators->system_account.empty() && !options.system_account.empty() &&
        operators->system_account != options.system_account) {
        return fail(Errc::invalid, "system_account in config and operator JWT must be identical");
    }
    return std::make_shared<const TrustedOperators>(std::move(*operators));
}

std::string system_account_key(const Options& options, const TrustedOperators& operators) {
    return options.system_account.empty() ? operators.system_account : options.system_account;
}

bool has_system_account(const Options& options) {
    return !options.no_system_account || !options.system_account.empty();
}

Result<Account*> add_system_account(AccountRegistry& registry, const Options& options,
                                    const TrustedOperators& operators, Logger& log) {
    const std::string key = system_account_key(options, operators);
    if (key.empty()) {
        if (!has_system_account(options)) return nullptr;
        return &registry.add_local(default_system_account_name, true);
    }
    if (operators.empty()) {
        Account* const account = registry.find(key);
        if (account == nullptr)
            return fail(Errc::not_found, "error resolving system account: account missing");
        return account;
    }
    if (!is_public_key(KeyKind::account, key)) {
        return fail(Errc::invalid, "system_account \"" + key + "\" is not a public account key");
    }
    // Known at once, so that its services and subscribers work; its JWT follows when a resolver has
    // it.
    log.debug("Using bootstrapping system account until its JWT is fetched");
    return &registry.bootstrap_system_account(key);
}

void fetch_system_account(const Account& account, AccountRegistry& registry,
                          SystemServices& services, Logger& log) {
    registry.refresh(account.name(), [&account, &registry, &services,
                                      &log](const Result<Account*>& found) {
        services.post([&account, &registry, &services, &log, fetched = found.has_value()] {
            if (fetched) {
                log.info("System account fetched and updated");
                return;
            }
            services.reactor().after(system_account_retry, [&account, &registry, &services, &log] {
                fetch_system_account(account, registry, services, log);
            });
        });
    });
}

}  // namespace midge
