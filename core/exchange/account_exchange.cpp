#include "exchange/account_exchange.h"

#include <algorithm>
#include <atomic>
#include <memory>

#include "auth/import_check.h"
#include "base/clock.h"
#include "config/account_options.h"

namespace midge {
namespace {

constexpr std::chrono::seconds retry_interval{5};
constexpr int64_t renewal_delay_max = int64_t{24} * 60 * 60;  // seconds

}  // namespace

AccountExchange::AccountExchange(AccountRegistry& registry, ServiceExchange& services, Logger& log,
                                 Changed changed, After after)
    : registry_(registry),
      services_(services),
      log_(log),
      changed_(std::move(changed)),
      after_(std::move(after)) {}

void AccountExchange::renew(Account& account) {
    std::set<Account*> importers;
    {
        const std::lock_guard lock(mutex_);
        importers = importers_[account.name()];
    }
    importers.erase(&account);
    renew_imports(account);
    for (Account* const importer : importers) renew_imports(*importer);
}

void AccountExchange::complete(Account& account, std::function<void()> done) {
    std::set<std::string> missing;
    for (const Import& import : account.claims()->imports) {
        const Account* const known = registry_.find(import.account);
        if (known == nullptr || !known->claims()) missing.insert(import.account);
    }
    if (missing.empty()) return done();
    // A task of its own fetches them and calls `done`. Otherwise a long chain of imports would need
    // a deep stack.
    after_(std::chrono::seconds(0), [=, this, &account, done = std::move(done)] {
        fetch_exporters(account, missing, done);
    });
}

void AccountExchange::fetch_exporters(Account& importer, const std::set<std::string>& keys,
                                      std::function<void()> done) {
    struct Round {
        std::atomic<size_t> left{0};
        std::atomic<bool> again{false};
        std::function<void()> done;
    };
    const auto round = std::make_shared<Round>();
    round->left = keys.size();
    round->done = std::move(done);
    for (const std::string& key : keys) {
        // When an account is found, the imports of others from it are updated.
        registry_.lookup(key, [=, this, &importer](const Result<Account*>& found) {
            if (!found) {
                log_.log_with(LogLevel::error,
                              {{"account", importer.name()}, {"reason", found.error().text}},
                              "Can't locate account [{}] for an import of [{}]: {}", key,
                              importer.name(), found.error().text);
                const Errc code = found.error().code;
                if (code == Errc::unavailable || code == Errc::timeout) round->again = true;
            }
            if (round->left.fetch_sub(1) != 1) return;
            after_(std::chrono::seconds(0), std::move(round->done));
            if (round->again) {
                after_(retry_interval, [this, &importer] { complete(importer, [] {}); });
            }
        });
    }
}

void AccountExchange::renew_imports(Account& importer) {
    int64_t until = 0;
    bool changed = false;
    {
        const std::lock_guard lock(mutex_);
        const auto claims = importer.claims();
        note_exporters(importer, *claims);
        const Terms terms = collect(importer, *claims);
        until = terms.until;
        const StreamImports before = importer.stream_imports();
        StreamImports now = renewed(before, terms.streams);
        changed = now != before;
        importer.set_stream_imports(std::move(now));
        services_.set_imports(importer, terms.services);
    }
    if (changed) changed_(importer);
    if (until != 0) renew_at(importer, until);
}

void AccountExchange::note_exporters(Account& importer, const AccountClaims& claims) {
    std::set<std::string>& exporters = exporters_[&importer];
    for (const std::string& exporter : exporters) importers_[exporter].erase(&importer);
    exporters.clear();
    for (const Import& import : claims.imports) {
        exporters.insert(import.account);
        importers_[import.account].insert(&importer);
    }
}

AccountExchange::Terms AccountExchange::collect(Account& importer,
                                                const AccountClaims& claims) const {
    Terms terms;
    for (const Import& import : claims.imports) add(terms, importer, import);
    return terms;
}

void AccountExchange::add(Terms& terms, Account& importer, const Import& import) const {
    Account* const exporter = registry_.find(import.account);
    const auto exports = exporter == nullptr ? nullptr : exporter->claims();
    if (!exports) return;  // complete() logs this case
    const ImportVerdict verdict =
        judge_import(importer.name(), import, *exports, wall_now_seconds());
    if (verdict.exported == nullptr) return refuse(importer, import, "it is not authorized");
    const auto make = import.type == ExportType::stream ? &ImportSubjects::of_stream
                                                        : &ImportSubjects::of_service;
    auto subjects = make(exported_subject(import), local_subject(import));
    if (!subjects) return refuse(importer, import, subjects.error().text);
    if (verdict.until != 0 && (terms.until == 0 || verdict.until < terms.until)) {
        terms.until = verdict.until;
    }
    if (import.type == ExportType::stream) {
        terms.streams.push_back({std::move(*subjects), importer, *exporter, import.allow_trace});
        return;
    }
    const Export& exported = *verdict.exported;
    const bool once = exported.response_type.empty() || exported.response_type == "Singleton";
    std::chrono::nanoseconds threshold = default_response_threshold;
    if (exported.response_threshold > 0) {
        threshold = std::chrono::nanoseconds(exported.response_threshold);
    }
    std::optional<LatencyTerms> latency;
    if (exported.service_latency && once) {
        latency =
            LatencyTerms{exported.service_latency->results, exported.service_latency->sampling};
    }
    terms.services.push_back({.subjects = std::move(*subjects),
                              .exporter = exporter,
                              .one_response = once,
                              .response_threshold = threshold,
                              .share = import.share,
                              .latency = std::move(latency),
                              .allow_trace = exported.allow_trace});
}

// There is at most one pending renewal, unless an earlier one becomes necessary.
void AccountExchange::renew_at(Account& importer, int64_t until) {
    const int64_t now = wall_now_seconds();
    const int64_t due = std::min(until, now + renewal_delay_max);
    {
        const std::lock_guard lock(mutex_);
        int64_t& next = renewals_[&importer];
        if (next != 0 && next <= due) return;
        next = due;
    }
    after_(std::chrono::seconds(std::max<int64_t>(due - now, 0)), [this, &importer, due] {
        {
            const std::lock_guard lock(mutex_);
            if (renewals_[&importer] == due) renewals_[&importer] = 0;
        }
        renew_imports(importer);
    });
}

void AccountExchange::refuse(const Account& importer, const Import& import,
                             std::string_view why) const {
    log_.log_with(LogLevel::warn, {{"account", importer.name()}, {"reason", why}},
                  "Account [{}]: the import of {} \"{}\" from account [{}] is not in force: {}",
                  importer.name(), export_type_text(import.type), exported_subject(import),
                  import.account, why);
}

}  // namespace midge
