// Accounts whose JWT may have changed where it is stored: after a reload, and when a resolver says
// so.
#include <algorithm>
#include <utility>

#include "broker/broker.h"
#include "services/system_services.h"

namespace midge {
namespace {

constexpr size_t rechecks_at_once = 64;

}  // namespace

// Accounts that are asked for again, few at a time, so that resolvers are not asked more than they
// take. System thread.
struct Broker::Recheck {
    std::vector<std::string> keys;
    size_t next = 0;
    size_t left = 0;
    bool keeps_clients = true;
    std::function<void()> done;
};

void Broker::recheck_accounts(bool keeps_clients, std::function<void()> done) {
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

void Broker::recheck_next(const std::shared_ptr<Recheck>& recheck) {
    if (recheck->next == recheck->keys.size()) return;
    const std::string& key = recheck->keys[recheck->next++];
    registry_.refresh(key, [this, recheck, &key](const Result<Account*>& account) {
        services_->post([this, recheck, &key, account] {
            rechecked(key, account, recheck->keeps_clients);
            recheck_next(recheck);
            if (--recheck->left != 0) return;
            --rechecks_;
            recheck->done();
            if (rechecks_ == 0 && std::exchange(recheck_again_, false))
                recheck_accounts(true, [] {});
        });
    });
}

void Broker::rechecked(const std::string& key, const Result<Account*>& account,
                       bool keeps_clients) {
    if (account || !is_loss(account.error(), !keeps_clients)) return;
    if (system_account_ != nullptr && system_account_->name() == key) return;
    const bool removed = account.error().code == Errc::not_found;
    registry_.forget(key);
    if (keeps_clients) return;
    const std::string_view why = removed ? "removed" : "bad claims";
    log_.log_with(LogLevel::info, {{"account", key}, {"reason", why}},
                  "Reloaded: deleting account [{}]: \"{}\"", why, key);
    connected_.close_all_of(key, WireError::authorization_violation,
                            CloseReason::authentication_failure);
}

void Broker::account_changed(const AccountChange& change) {
    if (!running_) return;  // nobody knows an account yet, or any more
    services_->post([this, change] { take_change(change); });
}

void Broker::take_change(const AccountChange& change) {
    const std::string& key = change.account;
    const bool deleted = change.kind == AccountChange::Kind::deleted;
    // Otherwise another resolver may have it.
    if (deleted && one_resolver_) return rechecked(key, fail(Errc::not_found, "deleted"), true);
    switch (change.kind) {
        case AccountChange::Kind::account:
        case AccountChange::Kind::deleted:
            registry_.refresh(key, [this, key](const Result<Account*>& account) {
                services_->post([this, key, account] { rechecked(key, account, true); });
            });
            break;
        case AccountChange::Kind::all:
            // However often a storage says so, only one recheck waits for its turn.
            if (rechecks_ > 0) {
                recheck_again_ = true;
            } else {
                recheck_accounts(true, [] {});
            }
            break;
    }
}

void Broker::forget_account(const std::string& key) {
    registry_.forget(key);
    connected_.close_all_of(key, WireError::account_authentication_expired,
                            CloseReason::authentication_expired);
}

}  // namespace midge
