#include "config/check_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "subject/import_subjects.h"
#include "subject/subject.h"

namespace midge {
namespace {

using Problem = std::optional<std::string>;

// Takes the accounts' exports and imports in, one after the other.
class Exchange {
  public:
    explicit Exchange(const std::vector<AccountOptions>& accounts) {
        for (const AccountOptions& account : accounts) accounts_[account.name];
    }

    void add(const std::string& exporter, const StreamExportOptions& stream) {
        for (const std::string& name : stream.accounts) {
            if (accounts_.contains(name)) continue;
            problems_.push_back(fmt::format("\"{}\" account not defined for stream export", name));
        }
        const auto tokens = split(stream.subject, token_separator);
        const auto position = static_cast<size_t>(stream.account_token_position);
        if (stream.account_token_position != 0 &&
            (stream.account_token_position < 0 || position > tokens.size() ||
             tokens[position - 1] != "*")) {
            problems_.push_back(fmt::format(
                "Error adding stream export \"{}\": sublist: invalid subject", stream.subject));
            return;
        }
        accounts_[exporter].exports[stream.subject] = &stream;
    }

    void add(const std::string& importer, const StreamImportOptions& stream) {
        if (!accounts_.contains(stream.account)) {
            problems_.push_back(
                fmt::format("\"{}\" account not defined for stream import", stream.account));
        } else if (const Problem problem = refusal(importer, stream)) {
            problems_.push_back(
                fmt::format("Error adding stream import \"{}\": {}", stream.subject, *problem));
        }
    }

    [[nodiscard]] std::vector<std::string> take() { return std::move(problems_); }

  private:
    struct Taken {
        std::string account;
        ImportSubjects subjects;
    };
    struct Account {
        std::map<std::string, const StreamExportOptions*> exports;
        std::vector<Taken> imports;
    };

    [[nodiscard]] Problem refusal(const std::string& importer, const StreamImportOptions& stream) {
        if (!is_authorized(importer, stream)) return "stream import not authorized";
        if (stream.prefix && has_wildcard_token(*stream.prefix)) {
            return "stream import prefix can not contain wildcard tokens";
        }
        if (forms_cycle(importer, stream.account, stream.local)) return "import forms a cycle";
        auto subjects = ImportSubjects::from(stream.subject, stream.local);
        if (!subjects) return subjects.error().text;
        std::vector<Taken>& imports = accounts_[importer].imports;
        const bool known = std::any_of(imports.begin(), imports.end(), [&](const Taken& other) {
            return other.account == stream.account && other.subjects.subject() == stream.subject;
        });
        if (known) return "stream import already exists";
        imports.push_back({stream.account, std::move(*subjects)});
        return {};
    }

    // An export of just this subject decides; else any that contains it.
    [[nodiscard]] bool is_authorized(const std::string& importer,
                                     const StreamImportOptions& stream) const {
        const auto& exports = accounts_.at(stream.account).exports;
        if (const auto exact = exports.find(stream.subject); exact != exports.end()) {
            return is_open_to(importer, *exact->second, stream.subject);
        }
        return std::any_of(exports.begin(), exports.end(), [&](const auto& exported) {
            return is_subset(stream.subject, exported.first) &&
                   is_open_to(importer, *exported.second, stream.subject);
        });
    }

    [[nodiscard]] static bool is_open_to(const std::string& importer,
                                         const StreamExportOptions& stream,
                                         std::string_view imported) {
        if (stream.account_token_position > 0) {
            const auto tokens = split(imported, token_separator);
            const auto position = static_cast<size_t>(stream.account_token_position);
            return position <= tokens.size() && tokens[position - 1] == importer;
        }
        return stream.accounts.empty() || std::find(stream.accounts.begin(), stream.accounts.end(),
                                                    importer) != stream.accounts.end();
    }

    // Whether messages that come from `exporter` to `local` come to it, directly or through others,
    // from `importer`. Each account is looked at once for each subject.
    [[nodiscard]] bool forms_cycle(const std::string& importer, const std::string& exporter,
                                   const std::string& local) const {
        using Place = std::pair<std::string, std::string>;  // account, subject
        std::vector<Place> open{{exporter, local}};
        std::set<Place> seen{open.front()};
        while (!open.empty()) {
            const auto [account, subject] = std::move(open.back());
            open.pop_back();
            for (const Taken& import : accounts_.at(account).imports) {
                if (!overlap(subject, import.subjects.local())) continue;
                if (import.account == importer) return true;
                const std::string& there = import.subjects.subject();
                Place next{import.account, is_subset(there, subject) ? there : subject};
                if (seen.insert(next).second) open.push_back(std::move(next));
            }
        }
        return false;
    }

    std::map<std::string, Account> accounts_;
    std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> check_exchange(const std::vector<AccountOptions>& accounts) {
    Exchange exchange(accounts);
    for (const AccountOptions& account : accounts) {
        for (const auto& stream : account.stream_exports) exchange.add(account.name, stream);
    }
    for (const AccountOptions& account : accounts) {
        for (const auto& stream : account.stream_imports) exchange.add(account.name, stream);
    }
    return exchange.take();
}

}  // namespace midge
