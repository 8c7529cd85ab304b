#include "services/system_imports.h"

#include "account/account.h"
#include "config/account_options.h"

namespace midge {

// The import exists for one request only, because it would take some hundred bytes for each of
// many thousand accounts.
bool SystemForwarder::forward(RoutingLane& lane, const PublishCommand& message,
                              const Origin& origin) {
    auto subjects =
        ImportSubjects::of_service(import_.target(origin.account->name()), import_.local);
    if (!subjects) return false;  // the name of an account that is no part of a subject
    ServiceTerms terms;
    terms.subjects = std::move(*subjects);
    terms.exporter = &system_account_;
    terms.one_response = import_.one_response;
    terms.response_threshold = default_response_threshold;
    terms.share = import_.share;
    const auto import = make_ref<ServiceImport>(*origin.account, std::move(terms),
                                                exchange_.replies_of(system_account_));
    return import->forward(lane, message, origin);
}

}  // namespace midge
