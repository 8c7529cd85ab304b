#include "exchange/configured_account.h"

#include <algorithm>

#include "account/make_mappings.h"
#include "subject/subject.h"

namespace midge {
namespace {

// An export of just this subject decides, else any that contains it. The configuration has been
// checked.
const ServiceExportOptions& find_export(const std::vector<ServiceExportOptions>& exports,
                                        const std::string& subject) {
    // If a subject is exported several times, the last export counts.
    const auto exact = std::find_if(exports.rbegin(), exports.rend(), [&](const auto& exported) {
        return exported.subject == subject;
    });
    if (exact != exports.rend()) return *exact;
    return *std::find_if(exports.rbegin(), exports.rend(), [&](const auto& exported) {
        return is_subset(subject, exported.subject);
    });
}

std::optional<LatencyTerms> to_latency_terms(const std::optional<LatencyOptions>& options) {
    if (!options) return std::nullopt;
    return LatencyTerms{options->subject, options->sampling};
}

}  // namespace

void configure_account(Account& account, const AccountOptions& options, Logger& log) {
    const AccountLimitOptions& limits = options.limits;
    account.set_quota({limits.connections, limits.subscriptions, limits.payload_bytes});
    account.set_mappings(make_mappings(options.name, options.mappings, log));
    std::optional<AccountTrace> trace;
    if (options.trace) trace = AccountTrace{options.trace->destination, options.trace->sampling};
    account.set_trace(std::move(trace));
}

StreamImports make_stream_imports(const AccountOptions& options, const AccountRegistry& registry) {
    Account& importer = *registry.find(options.name);
    std::vector<StreamImport> wanted;
    for (const StreamImportOptions& import : options.stream_imports) {
        wanted.push_back(
            {.subjects = ImportSubjects::of_stream(import.subject, import.local).value(),
             .importer = importer,
             .exporter = *registry.find(import.account),
             .allow_trace = import.allow_trace});
    }
    return renewed(importer.stream_imports(), wanted);
}

std::vector<ServiceTerms> make_service_terms(const AccountOptions& importer, const Options& options,
                                             const AccountRegistry& registry) {
    std::vector<ServiceTerms> terms;
    for (const ServiceImportOptions& import : importer.service_imports) {
        const auto exporter =
            std::find_if(options.accounts.begin(), options.accounts.end(),
                         [&](const auto& account) { return account.name == import.account; });
        const auto& exported = find_export(exporter->service_exports, import.subject);
        terms.push_back(
            {.subjects = ImportSubjects::of_service(import.subject, import.local).value(),
             .exporter = registry.find(import.account),
             .one_response = exported.response == ResponseType::singleton,
             .response_threshold = exported.response_threshold,
             .share = import.share,
             .latency = to_latency_terms(exported.latency),
             .allow_trace = exported.allow_trace});
    }
    return terms;
}

}  // namespace midge
