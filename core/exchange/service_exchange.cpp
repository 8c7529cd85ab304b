#include "exchange/service_exchange.h"

#include <algorithm>

#include "account/account.h"

namespace midge {

void ServiceExchange::set_imports(Account& importer, const std::vector<ServiceTerms>& wanted) {
    const std::lock_guard lock(imports_mutex_);
    Imports& imports = imports_[&importer];
    Imports kept;
    std::vector<const ServiceTerms*> added;
    for (const ServiceTerms& terms : wanted) {
        const auto same = std::find_if(imports.begin(), imports.end(), [&](const Import& import) {
            return import.import->terms() == terms;
        });
        if (same == imports.end()) {
            added.push_back(&terms);
        } else {
            kept.push_back(std::move(*same));
            imports.erase(same);
        }
    }
    for (const Import& ended : imports) {
        if (importer.index().remove(*ended.subscription)) importer.count_own_subscriptions(-1);
    }
    for (const ServiceTerms* terms : added) kept.push_back(start(importer, *terms));
    imports = std::move(kept);
}

std::vector<ServiceTerms> ServiceExchange::imports_of(Account& importer) const {
    const std::lock_guard lock(imports_mutex_);
    std::vector<ServiceTerms> terms;
    const auto found = imports_.find(&importer);
    if (found == imports_.end()) return terms;
    for (const Import& import : found->second) terms.push_back(import.import->terms());
    return terms;
}

ServiceExchange::Import ServiceExchange::start(Account& importer, const ServiceTerms& terms) {
    auto import = make_ref<ServiceImport>(importer, terms, replies_of(*terms.exporter));
    Ref<Subscription> subscription =
        make_ref<ForwardedSubscription>(terms.subjects.local(), Ref<Forwarder>(import.get()));
    importer.index().insert(subscription);
    importer.count_own_subscriptions(1);
    return {std::move(import), std::move(subscription)};
}

ServiceReplies& ServiceExchange::replies_of(Account& account) {
    const std::lock_guard lock(replies_mutex_);
    Ref<ServiceReplies>& replies = replies_[&account];
    if (!replies) replies = make_ref<ServiceReplies>(account, *this, log_);
    return *replies;
}

std::vector<Ref<ServiceReplies>> ServiceExchange::all_replies() {
    const std::lock_guard lock(replies_mutex_);
    std::vector<Ref<ServiceReplies>> all;
    for (const auto& [account, replies] : replies_) all.push_back(replies);
    return all;
}

void ServiceExchange::drop_expired() {
    for (const auto& replies : all_replies()) replies->drop_expired();
}

void ServiceExchange::report_expired() {
    for (const auto& replies : all_replies()) replies->report_expired();
}

}  // namespace midge
