// Session: what its subscriptions get through the imports of its account (spec config.md 6).
#include <algorithm>

#include "broker/session.h"

namespace midge {

void Session::add_imported(const Subscription& subscription, const StreamImports& imports) {
    for (const auto& import : imports) {
        auto subject = import->subjects.exported_subject(subscription.subject());
        if (!subject) continue;
        auto imported = make_ref<Subscription>(std::move(*subject), subscription, import);
        import->exporter.index().insert(imported);
        imported_.emplace(subscription.sid(), std::move(imported));
    }
}

void Session::drop_imported(const std::string& sid) {
    const auto [first, last] = imported_.equal_range(sid);
    for (auto at = first; at != last; ++at) {
        at->second->import()->exporter.index().remove(*at->second);
    }
    imported_.erase(first, last);
}

void Session::drop_all_imported() {
    for (const auto& [sid, imported] : imported_) {
        imported->import()->exporter.index().remove(*imported);
    }
    imported_.clear();
}

// Imports that stay are left alone, so that no message is missed or comes twice.
void Session::renew_imports() {
    const auto contains = [](const StreamImports& imports, const StreamImport* import) {
        return std::any_of(imports.begin(), imports.end(),
                           [import](const auto& other) { return other.get() == import; });
    };
    const StreamImports now = grant_.account->stream_imports();
    if (now == imports_) return;
    for (auto at = imported_.begin(); at != imported_.end();) {
        const StreamImport* import = at->second->import();
        if (contains(now, import)) {
            ++at;
            continue;
        }
        import->exporter.index().remove(*at->second);
        at = imported_.erase(at);
    }
    StreamImports added;
    for (const auto& import : now) {
        if (!contains(imports_, import.get())) added.push_back(import);
    }
    for (const auto& [sid, subscription] : subscriptions_) add_imported(*subscription, added);
    imports_ = now;
}

}  // namespace midge
