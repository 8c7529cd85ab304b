// Session: what its subscriptions get through the imports of its account (spec config.md 6).
#include <algorithm>

#include "client/session.h"

namespace midge {

void Session::add_imported(const ClientSubscription& subscription, const StreamImports& imports) {
    for (const auto& import : imports) {
        auto subject = import->subjects.exported_subject(subscription.subject());
        if (!subject) continue;
        auto imported = make_ref<ClientSubscription>(std::move(*subject), subscription, import);
        import->exporter.index().insert(imported);
        imported_->by_sid.emplace(subscription.sid(), std::move(imported));
    }
}

void Session::drop_imported(const std::string& sid) {
    if (!imported_) return;
    const auto [first, last] = imported_->by_sid.equal_range(sid);
    for (auto at = first; at != last; ++at) {
        at->second->import()->exporter.index().remove(*at->second);
    }
    imported_->by_sid.erase(first, last);
}

// What a client's subscription gets through imports is delivered as `by` from now on.
void Session::renew_imported(const ClientSubscription& by) {
    if (!imported_) return;
    const auto [first, last] = imported_->by_sid.equal_range(by.sid());
    for (auto at = first; at != last; ++at) {
        auto renewed = make_ref<ClientSubscription>(*at->second, by.receiver());
        renewed->import()->exporter.index().replace(*at->second, renewed);
        at->second = std::move(renewed);
    }
}

void Session::drop_all_imported() {
    if (!imported_) return;
    for (const auto& [sid, imported] : imported_->by_sid) {
        imported->import()->exporter.index().remove(*imported);
    }
    imported_->by_sid.clear();
}

// Imports that stay are left alone, so that no message is missed or comes twice.
void Session::renew_imports() {
    const auto contains = [](const StreamImports& imports, const StreamImport* import) {
        return std::any_of(imports.begin(), imports.end(),
                           [import](const auto& other) { return other.get() == import; });
    };
    const StreamImports now = grant_.account->stream_imports();
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
    for (const auto& [sid, subscription] : subscriptions_) add_imported(*subscription, added);
    imported_->imports = now;
}

}  // namespace midge
