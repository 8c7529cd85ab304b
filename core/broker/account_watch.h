#pragma once
// Follows what becomes of the accounts with JWTs.
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "account/account_registry.h"
#include "account/account_resolver.h"
#include "auth/claims.h"
#include "base/log.h"
#include "base/result.h"
#include "broker/connected_clients.h"
#include "exchange/account_exchange.h"
#include "net/reactor.h"

namespace midge {

class SystemServices;

// Does to clients and imports what follows when the claims of an account change or expire, when it
// is deleted, or when its JWT may have changed where it is stored. Owned by the broker; must
// outlive the system thread, on which it works.
class AccountWatch {
  public:
    AccountWatch(AccountRegistry& registry, AccountExchange& exchange,
                 const ConnectedClients& clients, SystemServices& services, Logger& log)
        : registry_(registry),
          exchange_(exchange),
          clients_(clients),
          services_(services),
          log_(log) {}
    AccountWatch(const AccountWatch&) = delete;
    AccountWatch& operator=(const AccountWatch&) = delete;

    // AccountRegistry::ClaimsApplied.
    void on_claims_applied(Account& account, const std::shared_ptr<const AccountClaims>& before);
    // A resolver's storage says that something changed. Any thread.
    void on_change(const AccountChange& change);
    // An account was deleted at the resolver: its clients are closed, and nobody logs in to it any
    // more. System thread.
    void forget(const std::string& account);
    // Whether accounts come from one resolver: what it has deleted is nowhere else. Any thread.
    void set_one_resolver(bool one) noexcept { one_resolver_ = one; }
    // Asks the resolvers for every account again, then calls `done` on the system thread.
    // `keeps_clients`: of an account that is gone. System thread.
    void recheck_all(bool keeps_clients, std::function<void()> done);

  private:
    // Accounts that are asked for again, few at a time, so that resolvers are not asked more than
    // they take.
    struct Recheck;

    void await_expiry(Account& account);
    void take_change(const AccountChange& change);
    void recheck_next(const std::shared_ptr<Recheck>& recheck);
    void on_rechecked(const std::string& key, const Result<Account*>& account, bool keeps_clients);
    [[nodiscard]] bool is_system_account(const std::string& key) const;

    AccountRegistry& registry_;
    AccountExchange& exchange_;
    const ConnectedClients& clients_;
    SystemServices& services_;
    Logger& log_;
    std::atomic<bool> one_resolver_{false};
    // Of the system thread:
    std::unordered_map<Account*, TimerId> expiries_;  // of claims in force
    size_t rechecks_ = 0;                             // under way
    bool recheck_again_ = false;                      // once they are done
};

}  // namespace midge
