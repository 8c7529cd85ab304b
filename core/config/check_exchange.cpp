#include "config/check_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/wire_error.h"
#include "subject/import_subjects.h"
#include "subject/subject.h"

namespace midge {
namespace {

using Problem = std::optional<std::string>;

constexpr std::string_view bad_subject = "sublist: invalid subject";

// Streams or services, and the texts of messages about them.
struct Kind {
    std::string_view name;
    Result<ImportSubjects> (*subjects)(std::string_view subject, std::string_view local);
    bool once;  // two imports of one subject are an error
};
constexpr Kind streams{"stream", &ImportSubjects::of_stream, true};
constexpr Kind services{"service", &ImportSubjects::of_service, false};

// Collects exports and imports of one kind from all accounts.
class Exchange {
  public:
    Exchange(const Kind& kind, const std::vector<AccountOptions>& accounts,
             std::vector<std::string>& problems)
        : kind_(kind), problems_(problems) {
        for (const AccountOptions& account : accounts) accounts_[account.name];
    }

    void add(const std::string& exporter, const ExportOptions& exported) {
        for (const std::string& name : exported.accounts) {
            if (accounts_.contains(name)) continue;
            problems_.push_back(
                fmt::format("{} account not defined for {} export", go_quote(name), kind_.name));
        }
        const auto tokens = split(exported.subject, token_separator);
        const auto position = static_cast<size_t>(exported.account_token_position);
        if (exported.account_token_position != 0 &&
            (exported.account_token_position < 0 || position > tokens.size() ||
             tokens[position - 1] != "*")) {
            problems_.push_back(fmt::format("Error adding {} export {}: {}", kind_.name,
                                            go_quote(exported.subject), bad_subject));
            return;
        }
        accounts_[exporter].exports[exported.subject] = &exported;
    }

    struct Wanted {
        std::string account, subject, local;
        std::optional<std::string> prefix = {};
    };
    void add(const std::string& importer, const Wanted& wanted) {
        if (!accounts_.contains(wanted.account)) {
            problems_.push_back(fmt::format("{} account not defined for {} import",
                                            go_quote(wanted.account), kind_.name));
        } else if (const Problem problem = refusal(importer, wanted)) {
            problems_.push_back(fmt::format("Error adding {} import {}: {}", kind_.name,
                                            go_quote(wanted.subject), *problem));
        }
    }

  private:
    struct Taken {
        std::string account;
        ImportSubjects subjects;
    };
    struct Account {
        std::map<std::string, const ExportOptions*> exports;
        std::vector<Taken> imports;
    };

    [[nodiscard]] Problem refusal(const std::string& importer, const Wanted& wanted) {
        if (!kind_.once && (!is_valid_subject(wanted.subject) || !is_valid_subject(wanted.local)))
            return std::string(bad_subject);
        if (!is_authorized(importer, wanted))
            return fmt::format("{} import not authorized", kind_.name);
        if (wanted.prefix && has_wildcard_token(*wanted.prefix)) {
            return "stream import prefix can not contain wildcard tokens";
        }
        auto subjects = kind_.subjects(wanted.subject, wanted.local);
        if (forms_cycle(importer, wanted, subjects ? subjects->local() : wanted.local)) {
            return "import forms a cycle";
        }
        if (!subjects) return subjects.error().text;
        std::vector<Taken>& imports = accounts_[importer].imports;
        const bool known = std::any_of(imports.begin(), imports.end(), [&](const Taken& other) {
            return other.account == wanted.account && other.subjects.subject() == wanted.subject;
        });
        if (known && kind_.once) return "stream import already exists";
        imports.push_back({wanted.account, std::move(*subjects)});
        return {};
    }

    // The export with exactly this subject decides, or else any export that contains it.
    [[nodiscard]] bool is_authorized(const std::string& importer, const Wanted& wanted) const {
        const auto& exports = accounts_.at(wanted.account).exports;
        if (const auto exact = exports.find(wanted.subject); exact != exports.end()) {
            return is_open_to(importer, *exact->second, wanted.subject);
        }
        return std::any_of(exports.begin(), exports.end(), [&](const auto& exported) {
            return is_subset(wanted.subject, exported.first) &&
                   is_open_to(importer, *exported.second, wanted.subject);
        });
    }

    [[nodiscard]] static bool is_open_to(const std::string& importer, const ExportOptions& exported,
                                         std::string_view imported) {
        if (exported.account_token_position > 0) {
            const auto tokens = split(imported, token_separator);
            const auto position = static_cast<size_t>(exported.account_token_position);
            return position <= tokens.size() && tokens[position - 1] == importer;
        }
        return exported.accounts.empty() ||
               std::find(exported.accounts.begin(), exported.accounts.end(), importer) !=
                   exported.accounts.end();
    }

    // Whether the exporter gets the messages of the stream from the importer, directly or through
    // other accounts; or whether requests to the service return to the importer. Visits each
    // account once for each subject.
    [[nodiscard]] bool forms_cycle(const std::string& importer, const Wanted& wanted,
                                   const std::string& local) const {
        using Place = std::pair<std::string, std::string>;  // account, subject
        const bool is_stream = &kind_ == &streams;
        // Arequest passes the same import only once.
        if (!is_stream && wanted.account == importer) return false;
        std::vector<Place> open{{wanted.account, is_stream ? local : wanted.subject}};
        std::set<Place> seen{open.front()};
        while (!open.empty()) {
            const auto [account, subject] = std::move(open.back());
            open.pop_back();
            for (const Taken& import : accounts_.at(account).imports) {
                if (!overlap(subject, import.subjects.local())) continue;
                const std::string& there = import.subjects.subject();
                if (import.account == importer && (is_stream || overlap(there, local))) {
                    return true;
                }
                Place next{import.account,
                           !is_stream || is_subset(there, subject) ? there : subject};
                if (seen.insert(next).second) open.push_back(std::move(next));
            }
        }
        return false;
    }

    const Kind& kind_;
    std::map<std::string, Account> accounts_;
    std::vector<std::string>& problems_;
};

Problem latency_problem(const ServiceExportOptions& service) {
    if (!service.latency) return {};
    const std::string& subject = service.latency->subject;
    const char* why = nullptr;
    // Messages to the service itself would be measured, too.
    if (!is_literal_subject(subject) || is_subset(subject, service.subject)) {
        why = "invalid publish subject";
    } else if (service.response != ResponseType::singleton) {
        why = "bad service response type";
    }
    if (why == nullptr) return {};
    return fmt::format("Error adding service latency sampling for {} on subject {}: {}",
                       go_quote(service.subject), go_quote(subject), why);
}

}  // namespace

std::vector<std::string> check_exchange(const std::vector<AccountOptions>& accounts) {
    std::vector<std::string> problems;
    Exchange of_streams(streams, accounts, problems), of_services(services, accounts, problems);
    for (const AccountOptions& account : accounts) {
        for (const auto& stream : account.stream_exports) of_streams.add(account.name, stream);
    }
    for (const AccountOptions& account : accounts) {
        for (const auto& service : account.service_exports) {
            of_services.add(account.name, service);
            if (auto why = latency_problem(service)) problems.push_back(std::move(*why));
        }
    }
    for (const AccountOptions& account : accounts) {
        for (const auto& import : account.stream_imports) {
            of_streams.add(account.name,
                           {import.account, import.subject, import.local, import.prefix});
        }
    }
    for (const AccountOptions& account : accounts) {
        for (const auto& import : account.service_imports) {
            of_services.add(account.name, {import.account, import.subject, import.local});
        }
    }
    return problems;
}

}  // namespace midge
