#pragma once
// What accounts with JWTs exchange: keeps their imports as their claims, the exporters' claims and
// the time say (spec jwt-nkeys.md 2.3 and 6).
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

// Owned by the broker; safe from any thread.
class AccountExchange {
  public:
    // What has to be done for an account whose imports of streams changed.
    using Changed = std::function<void(Account&)>;
    // Has `task` run in so many seconds.
    using After = std::function<void(std::chrono::seconds delay, std::function<void()> task)>;

    AccountExchange(AccountRegistry& registry, ServiceExchange& services, Logger& log,
                    Changed changed, After after);

    // `account` has new claims: renews what it imports, and what others import from it.
    void renew(Account& account);
    // Fetches the accounts that `account` imports from and that are not known yet; then calls
    // `done`, within the call or by `after`. What no resolver can give for now is tried again
    // later.
    void complete(Account& account, std::function<void()> done);

  private:
    // Imports in force, and when the first of them ends in seconds since 1970 UTC; 0: none does.
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
    std::unordered_map<std::string, std::set<Account*>> importers_;  // by the exporter's key
    std::unordered_map<Account*, std::set<std::string>> exporters_;  // of an importer
    std::unordered_map<Account*, int64_t> renewals_;                 // when the next is due
};

}  // namespace midge
