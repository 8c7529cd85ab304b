#include "auth/validate_exchange.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_set>

#include "auth/jwt.h"
#include "auth/nkey.h"
#include "auth/shown.h"
#include "base/text.h"
#include "subject/subject.h"

namespace midge {
namespace {

// Whether `outer` matches every subject of `inner`, by the rules of the JWT library: there a '*'
// also matches a final '>'.
bool is_contained(std::string_view inner, std::string_view outer) {
    while (true) {
        const Token i = take_token(inner), o = take_token(outer);
        if (o.text == ">" && !o.more) return true;
        if (o.text != "*" && o.text != i.text) return false;
        if (i.more != o.more) return false;
        if (!o.more) return true;
    }
}

// Finds pairs of subjects of which one contains the other. Keeps views into the claims.
class Namespace {
  public:
    struct Clash {
        std::string_view outer;
        std::string_view inner;
    };

    // Returns the earlier subject that clashes with this one, if any. Then remembers this one.
    std::optional<Clash> add(std::string_view subject) {
        const auto clash = find(subject);
        all_.push_back(subject);
        if (has_wildcard_token(subject)) {
            wildcards_.push_back(subject);
        } else {
            literals_.insert(subject);
        }
        return clash;
    }
    [[nodiscard]] bool too_many() const { return wildcards_.size() > compared_wildcards_max; }

  private:
    [[nodiscard]] std::optional<Clash> find(std::string_view subject) const {
        if (too_many()) return std::nullopt;
        if (literals_.contains(subject)) return Clash{subject, subject};
        for (const auto other : wildcards_) {
            if (is_contained(subject, other)) return Clash{other, subject};
        }
        if (!has_wildcard_token(subject)) return std::nullopt;
        for (const auto other : all_) {
            if (is_contained(other, subject)) return Clash{subject, other};
        }
        return std::nullopt;
    }

    std::vector<std::string_view> all_;
    std::vector<std::string_view> wildcards_;
    std::unordered_set<std::string_view> literals_;
};

bool ends_in_rest(std::string_view subject) {
    return subject == ">" || subject.ends_with(".>");
}

// Returns 2 for "$2", and no value if the token is not a reference.
std::optional<size_t> reference_of(std::string_view token) {
    constexpr size_t digits_max = 4;
    if (token.size() < 2 || token.size() > 1 + digits_max || token.front() != '$') {
        return std::nullopt;
    }
    size_t number = 0;
    for (const char c : token.substr(1)) {
        if (c < '0' || c > '9') return std::nullopt;
        number = number * 10 + static_cast<size_t>(c - '0');
    }
    return number;
}

// Converts "a.$1" to the subject "a.*".
std::string without_references(std::string_view subject) {
    std::string out;
    while (true) {
        const Token token = take_token(subject);
        out += reference_of(token.text) ? std::string_view("*") : token.text;
        if (!token.more) return out;
        out += token_separator;
    }
}

// Each '*' of `subject` must be in the local name, as '*' or as "$n".
void check_local_subject(const Import& entry, IssueList& issues) {
    check_subject(entry.local_subject, issues);
    if (ends_in_rest(entry.local_subject) != ends_in_rest(entry.subject)) {
        issues.error("local subject {} and subject {} should both or neither end in >",
                     shown(entry.local_subject), shown(entry.subject));
    }
    const auto tokens = split(entry.subject, token_separator);
    const auto stars = static_cast<size_t>(std::count(tokens.begin(), tokens.end(), "*"));
    size_t used = 0;
    for (const auto token : split(entry.local_subject, token_separator)) {
        const auto reference = reference_of(token);
        if (token == "*" || reference) ++used;
        if (reference && (*reference == 0 || *reference > stars)) {
            issues.error("local subject {} refers to a * that {} has not",
                         shown(entry.local_subject), shown(entry.subject));
        }
    }
    if (used != stars) {
        issues.error("local subject {} should use each * of {} once", shown(entry.local_subject),
                     shown(entry.subject));
    }
}

void check_token(const Import& entry, const std::string& importer, IssueList& issues) {
    if (entry.token.empty()) return;
    if (!split_url(entry.token).scheme.empty() && entry.token.find("://") != std::string::npos) {
        issues.warn("import {} names its token by URL, which is not fetched", shown(entry.subject));
        return;
    }
    const auto activation = decode_activation(entry.token);
    if (!activation) {
        issues.error("import {} contains an invalid activation token: {}", shown(entry.subject),
                     activation.error().text);
        return;
    }
    // All four conditions are necessary: otherwise a token for one importer, exporter or subject
    // would be valid for another.
    if (activation->iss != entry.account && activation->issuer_account != entry.account) {
        issues.error("activation token doesn't match account for import {}", shown(entry.subject));
    }
    if (activation->sub != importer) {
        issues.error("activation token doesn't match account it is being included in, {}",
                     shown(entry.subject));
    }
    if (activation->import_type != entry.type) {
        issues.error("activation token is for a {}, import {} is a {}",
                     export_type_text(activation->import_type), shown(entry.subject),
                     export_type_text(entry.type));
    }
    const bool flipped = entry.type == ExportType::service && !entry.to.empty();
    const std::string& exported = flipped ? entry.to : entry.subject;
    if (!is_subset(exported, activation->import_subject)) {
        issues.error("activation token is for {}, which does not contain import {}",
                     shown(activation->import_subject), shown(exported));
    }
}

void check_import(const Import& entry, const std::string& importer, IssueList& issues) {
    if (entry.type == ExportType::unknown) issues.error("invalid import type: \"unknown\"");
    if (entry.account.empty()) {
        issues.error("account to import from is not specified");
    } else if (!is_public_key(KeyKind::account, entry.account)) {
        issues.error("import {}: {} is not an account public key", shown(entry.subject),
                     shown(entry.account));
    }
    check_subject(entry.subject, issues);
    if (!entry.to.empty() && !entry.local_subject.empty()) {
        issues.error("import {} has both to and local_subject", shown(entry.subject));
    } else if (!entry.to.empty()) {
        check_subject(entry.to, issues);
        if (entry.type == ExportType::stream && has_wildcard_token(entry.to)) {
            issues.error("streams cannot have wildcard to subject: {}", shown(entry.to));
        }
    } else if (!entry.local_subject.empty()) {
        check_local_subject(entry, issues);
    }
    if (entry.share && entry.type != ExportType::service) {
        issues.error("share is for services only: {}", shown(entry.subject));
    }
    if (entry.allow_trace && entry.type != ExportType::stream) {
        issues.error("allow_trace of an import is for streams only: {}", shown(entry.subject));
    }
    check_token(entry, importer, issues);
}

// Returns the subject of a service import that the JWT library compares with others. For an import
// with `to`, this is not the local subject, because the two have changed places.
std::string compared_name(const Import& entry) {
    if (!entry.to.empty()) return entry.to;
    return entry.local_subject.empty() ? entry.subject : without_references(entry.local_subject);
}

void check_latency(const Export& entry, IssueList& issues) {
    if (entry.type != ExportType::service) {
        issues.error("latency tracking only permitted for services");
    }
    if (!is_literal_subject(entry.service_latency->results)) {
        issues.error("latency results subject {} is not a valid publish subject",
                     shown(entry.service_latency->results));
    }
}

void check_token_position(const Export& entry, IssueList& issues) {
    const auto tokens = split(entry.subject, token_separator);
    const uint64_t position = entry.account_token_position;
    if (position == 0) return;
    if (position > tokens.size() || tokens[position - 1] != "*") {
        issues.error("account token position {} of {} is not a *", position, shown(entry.subject));
    }
}

void check_export(const Export& entry, IssueList& issues) {
    const bool service = entry.type == ExportType::service;
    if (entry.type == ExportType::unknown) issues.error("invalid export type: \"unknown\"");
    check_subject(entry.subject, issues);
    const std::string& response = entry.response_type;
    const bool known = response == "Singleton" || response == "Stream" || response == "Chunked";
    if (!response.empty() && (!service || !known)) {
        issues.error("invalid response type for {}: {}", export_type_text(entry.type),
                     shown(response));
    }
    if (entry.response_threshold < 0) issues.error("negative response threshold is invalid");
    if (entry.response_threshold > 0 && !service) {
        issues.error("response threshold only valid for services");
    }
    if (entry.allow_trace && !service) {
        issues.error("allow_trace of an export is for services only: {}", shown(entry.subject));
    }
    if (entry.service_latency) check_latency(entry, issues);
    check_token_position(entry, issues);
    check_info(entry.description, entry.info_url, issues);
}

}  // namespace

void check_imports(const AccountClaims& claims, IssueList& issues) {
    std::vector<std::string> names;
    names.reserve(claims.imports.size());  // the views below require that the names do not move
    std::map<std::string_view, Namespace> taken;  // by exporting account
    for (const auto& entry : claims.imports) {
        check_import(entry, claims.sub, issues);
        if (entry.type != ExportType::service) continue;
        names.push_back(compared_name(entry));
        if (const auto clash = taken[entry.account].add(names.back())) {
            issues.error("overlapping subject namespace for {} and {}", shown(clash->outer),
                         shown(clash->inner));
        }
    }
    for (const auto& [account, names_of_account] : taken) {
        if (names_of_account.too_many()) {
            issues.error("more than {} wildcard imports of services", compared_wildcards_max);
        }
    }
}

void check_exports(const AccountClaims& claims, IssueList& issues) {
    std::map<ExportType, Namespace> taken;
    for (const auto& entry : claims.exports) {
        check_export(entry, issues);
        if (const auto clash = taken[entry.type].add(entry.subject)) {
            issues.error("{} export subject {} already exports {}", export_type_text(entry.type),
                         shown(clash->outer), shown(clash->inner));
        }
    }
    for (const auto& [type, names_of_type] : taken) {
        if (names_of_type.too_many()) {
            issues.error("more than {} wildcard exports", compared_wildcards_max);
        }
    }
}

}  // namespace midge
