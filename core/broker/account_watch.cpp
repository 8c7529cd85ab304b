#include "broker/account_watch.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "broker/lost_accounts.h"
#include "services/system_services.h"

namespace midge {
namespace {

constexpr size_t rechecks_at_once = 64;

}  // namespace

struct AccountWatch::Recheck {
    std::vector<std::string> keys;
    size_t next = 0;
    size_t left = 0;
    bool keeps_clients = true;
    std::function<void()> done;
};

void AccountWatch::on_claims_applied(Account& account,
                                     const std::shared_ptr<const AccountClaims>& before) {
    exchange_.renew(account);
    if (before != nullptr) {
        // With its first claims, nobody is connected yet.
        clients_.renew_claims_of(account);
        clients_.close_surplus_of(account);
    }
    services_.post([this, &account] { await_expiry(account); });
}

// Of the claims in force. System thread.
void AccountWatch::await_expiry(Account& account) {
    const auto awaited = expiries_.find(&account);
    if (awaited != expiries_.end()) {
        services_.reactor().cancel(awaited->second);
        expiries_.erase(awaited);
    }
    const auto claims = account.claims();
    if (claims->exp == 0) return;
    if (claims->exp < wall_now_seconds()) {
        clients_.close_all_of(account.name(), WireError::account_authentication_expired,
                              CloseReason::authentication_expired);
        return;
    }
    expiries_[&account] = services_.reactor().after(time_to_expiry(claims->exp),
                                                    [this, &account] { await_expiry(account); });
}

void AccountWatch::recheck_all(bool keeps_clients, std::function<void()> done) {
    auto recheck = std::make_shared<Recheck>();
    recheck->keeps_clients = keeps_clients;
    recheck->done = std::move(done);
    for (const Account* account : registry_.accounts()) {
        if (account->claims()) recheck->keys.push_back(account->name());
    }
    recheck->left = recheck->keys.size();
    if (recheck->left == 0) return recheck->done();
    ++rechecks_;
    for (size_t i = 0; i < std::min(rechecks_at_once, recheck->keys.size()); ++i)
        recheck_next(recheck);
}

void AccountWatch::recheck_next(const std::shared_ptr<Recheck>& recheck) {
    if (recheck->next == recheck->keys.size()) return;
    const std::string& key = recheck->keys[recheck->next++];
    registry_.refresh(key, [this, recheck, &key](const Result<Account*>& account) {
        services_.post([this, recheck, &key, account] {
            on_rechecked(key, account, recheck->keeps_clients);
            recheck_next(recheck);
            if (--recheck->left != 0) return;
            --rechecks_;
            recheck->done();
            if (rechecks_ == 0 && std::exchange(recheck_again_, false)) recheck_all(true, [] {});
        });
    });
}

void AccountWatch::on_rechecked(const std::string& key, const Result<Account*>& account,
                                bool keeps_clients) {
    if (account || !is_loss(account.error(), !keeps_clients)) return;
    if (is_system_account(key)) return;
    const bool removed = account.error().code == Errc::not_found;
    registry_.forget(key);
    if (keeps_clients) return;
    const std::string_view why = removed ? "removed" : "bad claims";
    log_.log_with(LogLevel::info, {{"account", key}, {"reason", why}},
                  "Reloaded: deleting account [{}]: \"{}\"", why, key);
    clients_.close_all_of(key, WireError::authorization_violation,
                          CloseReason::authentication_failure);
}

bool AccountWatch::is_system_account(const std::string& key) const {
    const Account* account = registry_.find(key);
    return account != nullptr && account->is_system();
}

void AccountWatch::on_change(const AccountChange& change) {
    services_.post([this, change] { take_change(change); });
}

void AccountWatch::take_change(const AccountChange& change) {
    const std::string& key = change.account;
    const bool deleted = change.kind == AccountChange::Kind::deleted;
    // Otherwise another resolver may have it.
    if (deleted && one_resolver_) return on_rechecked(key, fail(Errc::not_found, "deleted"), true);
    switch (change.kind) {
        case AccountChange::Kind::account:
        case AccountChange::Kind::deleted:
            registry_.refresh(key, [this, key](const Result<Account*>& account) {
                services_.post([this, key, account] { on_rechecked(key, account, true); });
            });
            break;
        case AccountChange::Kind::all:
            // However often a storage says so, only one recheck waits for its turn.
            if (rechecks_ > 0) {
                recheck_again_ = true;
            } else {
                recheck_all(true, [] {});
            }
            break;
    }
}

void AccountWatch::forget(const std::string& account) {
    registry_.forget(account);
    clients_.close_all_of(account, WireError::account_authentication_expired,
                          CloseReason::authentication_expired);
}

}  // namespace midge
