#pragma once
// Keeps the imports of accounts with JWTs up to date with their claims, the exporters' claims and
// the time (docs/protocol/jwt.md, Imports, Exports).
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

#include "account/account.h"
#include "account/account_registry.h"
#include "base/log.h"
#include "exchange/service_exchange.h"

namespace midge {

// Owned by the broker; usable from any thread.
class AccountExchange {
  public:
    // Called for an account whose imports of streams have changed.
    using Changed = std::function<void(Account&)>;
    // Runs `task` after `delay`.
    using After = std::function<void(std::chrono::seconds delay, std::function<void()> task)>;

    AccountExchange(AccountRegistry& registry, ServiceExchange& services, Logger& log,
                    Changed changed, After after);

    // Called when `account` has new claims: updates its imports, and the imports of others from it.
    void renew(Account& account);
    // Fetches the unknown accounts that `account` imports from, then calls `done`, within the call
    // or by `after`. Accounts that no resolver can provide now are tried again later.
    void complete(Account& account, std::function<void()> done);

  private:
    // Valid imports, and the time at which the first of them ends (seconds since 1970 UTC; 0: none
    // ends).
    struct Terms {
        std::vector<StreamImport> streams;
        std::vector<ServiceTerms> services;
        int64_t until = 0;
    };
    void fetch_exporters(Account& importer, const std::set<std::string>& keys,
                         std::function<void()> done);
    void renew_imports(Account& importer);
    void note_exporters(Account& importer, const AccountClaims& claims);
    [[nodiscard]] Terms collect(Account& importer, const AccountClaims& claims) const;
    void add(Terms& terms, Account& importer, const Import& import) const;
    void renew_at(Account& importer, int64_t until);
    void refuse(const Account& importer, const Import& import, std::string_view why) const;

    AccountRegistry& registry_;
    ServiceExchange& services_;
    Logger& log_;
    const Changed changed_;
    const After after_;

    std::mutex mutex_;
    std::unordered_map<std::string, std::set<Account*>> importers_;  // by key of the exporter
    std::unordered_map<Account*, std::set<std::string>> exporters_;  // by importer
    std::unordered_map<Account*, int64_t> renewals_;                 // time of the next renewal
};

}  // namespace midge
