#include "client/client_subscriptions.h"

#include <algorithm>
#include <cassert>

namespace midge {

ClientSubscription* ClientSubscriptions::find(std::string_view sid) const {
    const auto found = by_sid_.find(sid);
    return found == by_sid_.end() ? nullptr : found->second.get();
}

void ClientSubscriptions::enter(Account* account) {
    if (account == account_) return;
    assert(by_sid_.empty());
    account_ = account;
    imported_ = nullptr;
}

void ClientSubscriptions::add(Ref<ClientSubscription> subscription) {
    account_->index().insert(subscription);
    if (imported_) add_imported(*subscription, imported_->imports);
    by_sid_.emplace(subscription->sid(), std::move(subscription));
}

bool ClientSubscriptions::drop(std::string_view sid) {
    const auto found = by_sid_.find(sid);
    if (found == by_sid_.end()) return false;
    [[maybe_unused]] const bool was_there = account_->index().remove(*found->second);
    assert(was_there);
    drop_imported(found->first);
    by_sid_.erase(found);
    return true;
}

void ClientSubscriptions::drop_spent(std::string_view sid) {
    const ClientSubscription* const found = find(sid);
    if (found != nullptr && found->spent()) drop(sid);
}

void ClientSubscriptions::drop_all() {
    for (const auto& [sid, subscription] : by_sid_) {
        [[maybe_unused]] const bool was_there = account_->index().remove(*subscription);
        assert(was_there);
    }
    by_sid_.clear();
    drop_all_imported();
}

void ClientSubscriptions::deliver_to(const std::string& sid,
                                     ClientSubscription::Receiver receiver) {
    Ref<ClientSubscription>& subscription = by_sid_.find(sid)->second;
    const auto renewed = make_ref<ClientSubscription>(*subscription, std::move(receiver));
    [[maybe_unused]] const bool was_there = account_->index().replace(*subscription, renewed);
    assert(was_there);
    subscription = renewed;
    if (!imported_) return;
    const auto [first, last] = imported_->by_sid.equal_range(sid);
    for (auto at = first; at != last; ++at) {
        auto imported = make_ref<ClientSubscription>(*at->second, renewed->receiver());
        imported->import()->exporter.index().replace(*at->second, imported);
        at->second = std::move(imported);
    }
}

void ClientSubscriptions::add_imported(const ClientSubscription& subscription,
                                       const StreamImports& imports) {
    for (const auto& import : imports) {
        auto subject = import->subjects.exported_subject(subscription.subject());
        if (!subject) continue;
        auto imported = make_ref<ClientSubscription>(std::move(*subject), subscription, import);
        import->exporter.index().insert(imported);
        imported_->by_sid.emplace(subscription.sid(), std::move(imported));
    }
}

void ClientSubscriptions::drop_imported(const std::string& sid) {
    if (!imported_) return;
    const auto [first, last] = imported_->by_sid.equal_range(sid);
    for (auto at = first; at != last; ++at) {
        at->second->import()->exporter.index().remove(*at->second);
    }
    imported_->by_sid.erase(first, last);
}

void ClientSubscriptions::drop_all_imported() {
    if (!imported_) return;
    for (const auto& [sid, imported] : imported_->by_sid) {
        imported->import()->exporter.index().remove(*imported);
    }
    imported_->by_sid.clear();
}

void ClientSubscriptions::renew_imports() {
    const auto contains = [](const StreamImports& imports, const StreamImport* import) {
        return std::any_of(imports.begin(), imports.end(),
                           [import](const auto& other) { return other.get() == import; });
    };
    const StreamImports now = account_->stream_imports();
    if (now.empty()) {
        drop_all_imported();
        imported_ = nullptr;
        return;
    }
    if (!imported_) imported_ = std::make_unique<Imported>();
    if (now == imported_->imports) return;
    auto& by_sid = imported_->by_sid;
    for (auto at = by_sid.begin(); at != by_sid.end();) {
        const StreamImport* import = at->second->import();
        if (contains(now, import)) {
            ++at;
            continue;
        }
        import->exporter.index().remove(*at->second);
        at = by_sid.erase(at);
    }
    StreamImports added;
    for (const auto& import : now) {
        if (!contains(imported_->imports, import.get())) added.push_back(import);
    }
    for (const auto& [sid, subscription] : by_sid_) add_imported(*subscription, added);
    imported_->imports = now;
}

}  // namespace midge
