#include "exchange/configured_account.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "account/make_mappings.h"
#include "subject/subject.h"

namespace midge {
namespace {

// An export of just this subject decides, else any that contains it. Null: there is none.
const ServiceExportOptions* find_export(const std::vector<ServiceExportOptions>& exports,
                                        const std::string& subject) {
    // If a subject is exported several times, the last export counts.
    const auto exact = std::find_if(exports.rbegin(), exports.rend(), [&](const auto& exported) {
        return exported.subject == subject;
    });
    if (exact != exports.rend()) return &*exact;
    const auto wider = std::find_if(exports.rbegin(), exports.rend(), [&](const auto& exported) {
        return is_subset(subject, exported.subject);
    });
    return wider == exports.rend() ? nullptr : &*wider;
}

std::optional<LatencyTerms> to_latency_terms(const std::optional<LatencyOptions>& options) {
    if (!options) return std::nullopt;
    return LatencyTerms{options->subject, options->sampling};
}

}  // namespace

Account& ConfiguredAccounts::find_or_make(const std::string& name, bool is_system) {
    if (Account* const known = registry_->find(name)) return *known;
    std::unique_ptr<Account>& added = added_[name];
    if (!added) added = registry_->make_local(name, is_system);
    return *added;
}

Result<Account*> ConfiguredAccounts::find(const std::string& importer,
                                          const std::string& exporter) const {
    if (const auto added = added_.find(exporter); added != added_.end()) return added->second.get();
    if (Account* const known = registry_->find(exporter)) return known;
    return fail(Errc::not_found,
                fmt::format("account \"{}\" imports from \"{}\", which is not an account", importer,
                            exporter));
}

Result<ConfiguredAccounts> ConfiguredAccounts::from(const Options& options,
                                                    AccountRegistry& registry, Logger& log) {
    ConfiguredAccounts made(registry);
    const std::string system =
        options.system_account.empty() ? default_system_account_name : options.system_account;
    for (const AccountOptions& account : options.accounts) {
        Terms terms;
        terms.account = &made.find_or_make(account.name, account.name == system);
        const AccountLimitOptions& limits = account.limits;
        terms.quota = {limits.connections, limits.subscriptions, limits.payload_bytes};
        terms.mappings = make_mappings(account.name, account.mappings, log);
        if (account.trace)
            terms.trace = AccountTrace{account.trace->destination, account.trace->sampling};
        made.accounts_.push_back(std::move(terms));
    }
    // Once all accounts are known.
    for (size_t i = 0; i < options.accounts.size(); ++i) {
        const AccountOptions& account = options.accounts[i];
        Terms& terms = made.accounts_[i];
        if (auto added = made.add_stream_imports(account, terms); !added) return pass(added);
        if (auto added = made.add_service_imports(account, options, terms); !added)
            return pass(added);
    }
    made.global_mappings_ = make_mappings(global_account_name, options.mappings, log);
    return made;
}

Result<> ConfiguredAccounts::add_stream_imports(const AccountOptions& options, Terms& terms) const {
    std::vector<StreamImport> wanted;
    for (const StreamImportOptions& import : options.stream_imports) {
        const auto exporter = find(options.name, import.account);
        if (!exporter) return fail(exporter.error().code, exporter.error().text);
        auto subjects = ImportSubjects::of_stream(import.subject, import.local);
        if (!subjects) return pass(subjects);
        wanted.push_back({.subjects = std::move(*subjects),
                          .importer = *terms.account,
                          .exporter = **exporter,
                          .allow_trace = import.allow_trace});
    }
    terms.stream_imports = renewed(terms.account->stream_imports(), wanted);
    return {};
}

Result<> ConfiguredAccounts::add_service_imports(const AccountOptions& importer,
                                                 const Options& options, Terms& terms) const {
    for (const ServiceImportOptions& import : importer.service_imports) {
        const auto exporter = find(importer.name, import.account);
        if (!exporter) return fail(exporter.error().code, exporter.error().text);
        const auto account = std::find_if(options.accounts.begin(), options.accounts.end(),
                                          [&](const auto& a) { return a.name == import.account; });
        const ServiceExportOptions* const exported =
            account == options.accounts.end()
                ? nullptr
                : find_export(account->service_exports, import.subject);
        if (exported == nullptr) {
            return fail(Errc::not_found,
                        fmt::format("account \"{}\" imports the service \"{}\", which \"{}\" does "
                                    "not export",
                                    importer.name, import.subject, import.account));
        }
        auto subjects = ImportSubjects::of_service(import.subject, import.local);
        if (!subjects) return pass(subjects);
        terms.service_imports.push_back(
            {.subjects = std::move(*subjects),
             .exporter = *exporter,
             .one_response = exported->response == ResponseType::singleton,
             .response_threshold = exported->response_threshold,
             .share = import.share,
             .latency = to_latency_terms(exported->latency),
             .allow_trace = exported->allow_trace});
    }
    return {};
}

void ConfiguredAccounts::put_in_force(AccountRegistry& registry, ServiceExchange& exchange) {
    for (auto& [name, account] : added_) registry.add(std::move(account));
    added_.clear();
    for (Terms& terms : accounts_) {
        terms.account->set_quota(terms.quota);
        terms.account->set_mappings(std::move(terms.mappings));
        terms.account->set_trace(std::move(terms.trace));
        terms.account->set_stream_imports(std::move(terms.stream_imports));
        exchange.set_imports(*terms.account, terms.service_imports);
    }
    if (Account* const global = registry.find(global_account_name))
        global->set_mappings(std::move(global_mappings_));
}

}  // namespace midge
