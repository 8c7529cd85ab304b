// Operators, users and activations. Accounts are in a file of their own.
#include "auth/validate.h"

#include <algorithm>

#include "auth/nkey.h"
#include "auth/shown.h"
#include "auth/source_network.h"
#include "auth/time_window.h"
#include "auth/validate_parts.h"
#include "base/text.h"
#include "base/wire_error.h"
#include "subject/subject.h"

namespace midge {
namespace {

constexpr size_t info_bytes_max = 8 * 1024;

void check_entry(std::string_view entry, bool queue_allowed, IssueList& issues) {
    const auto parts = split(entry, ' ');
    if (parts.size() > 2) {
        issues.error("permission {} has too many spaces", shown(entry));
        return;
    }
    for (const auto part : parts) check_subject(part, issues);
    if (parts.size() == 2 && !queue_allowed) {
        issues.error("permission {} to publish must not name a queue", shown(entry));
    }
}

void check_entries(const SubjectPermission& permission, bool queue_allowed, IssueList& issues) {
    for (const auto& entry : permission.allow) check_entry(entry, queue_allowed, issues);
    for (const auto& entry : permission.deny) check_entry(entry, queue_allowed, issues);
}

void check_service_url(const std::string& url, IssueList& issues) {
    if (url.empty()) return;
    const UrlParts parts = split_url(url);
    const std::string scheme = to_lower_ascii(parts.scheme);
    if (scheme != "nats" && scheme != "tls" && scheme != "ws" && scheme != "wss") {
        issues.error("operator service url {} should start with nats, tls, ws or wss", shown(url));
    }
    if (!parts.user.empty()) {
        issues.error("operator service url {} must not hold credentials", shown(url));
    }
    if (!parts.path.empty())
        issues.error("operator service url {} must not hold a path", shown(url));
}

bool is_server_version(std::string_view text) {
    const auto parts = split(text, '.');
    return parts.size() == 3 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
               constexpr size_t digits_max = 6;
               return !part.empty() && part.size() <= digits_max &&
                      part.find_first_not_of("0123456789") == std::string_view::npos;
           });
}

}  // namespace

void check_times(const StandardClaims& claims, int64_t now, IssueList& issues) {
    if (claims.exp > 0 && now > claims.exp) issues.time_check("claim is expired");
    if (claims.nbf > 0 && claims.nbf > now) issues.time_check("claim is not yet valid");
}

void check_subject(std::string_view subject, IssueList& issues) {
    if (subject.empty()) {
        issues.error("subject cannot be empty");
        return;
    }
    if (is_valid_subject(subject)) return;
    const bool spaces = subject.find(' ') != std::string_view::npos;
    const bool dot_at_end = subject.front() == '.' || subject.back() == '.';
    const bool dots = subject.find("..") != std::string_view::npos;
    if (spaces) issues.error("subject {} cannot have spaces", shown(subject));
    if (dot_at_end) issues.error("subject {} cannot start or end with a `.`", shown(subject));
    if (dots) issues.error("subject {} cannot contain consecutive `.`", shown(subject));
    if (!spaces && !dot_at_end && !dots) issues.error("subject {} is not valid", shown(subject));
}

void check_permissions(const PermissionClaims& permissions, IssueList& issues) {
    check_entries(permissions.sub, true, issues);
    check_entries(permissions.pub, false, issues);
}

void check_user_limits(const UserPermissionLimits& limits, IssueList& issues) {
    check_permissions(limits.permissions, issues);
    for (const auto& network : limits.src) {
        if (!is_network(network))
            issues.error("invalid cidr {} in user src limits", shown(network));
    }
    for (const auto& range : limits.times) {
        if (!parse_time_of_day(range.start)) {
            issues.error("start in time range is invalid {}", shown(range.start));
        }
        if (!parse_time_of_day(range.end)) {
            issues.error("end in time range is invalid {}", shown(range.end));
        }
    }
    if (!limits.times_location.empty() && !is_time_zone(limits.times_location)) {
        issues.error("time zone {} is not known", shown(limits.times_location));
    }
}

void check_info(std::string_view description, std::string_view url, IssueList& issues) {
    if (description.size() > info_bytes_max) {
        issues.error("description is longer than {} bytes", info_bytes_max);
    }
    if (url.size() > info_bytes_max)
        issues.error("info url is longer than {} bytes", info_bytes_max);
    if (url.empty()) return;
    const UrlParts parts = split_url(url);
    if (parts.scheme.empty() || parts.host.empty()) {
        issues.error("info url {} needs a scheme and a host", shown(url));
    }
}

UrlParts split_url(std::string_view url) {
    UrlParts out;
    const size_t colon = url.find(':');
    const auto is_scheme_char = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '-' || c == '.';
    };
    if (colon != std::string_view::npos && colon > 0 &&
        std::all_of(url.begin(), url.begin() + static_cast<std::ptrdiff_t>(colon),
                    is_scheme_char)) {
        out.scheme = url.substr(0, colon);
        url.remove_prefix(colon + 1);
    }
    if (!url.starts_with("//")) {
        out.path = url;
        return out;
    }
    url.remove_prefix(2);
    const size_t slash = std::min(url.find_first_of("/?#"), url.size());
    out.path = url.substr(slash);
    out.host = url.substr(0, slash);
    if (const size_t at = out.host.rfind('@'); at != std::string_view::npos) {
        out.user = out.host.substr(0, at + 1);
        out.host.remove_prefix(at + 1);
    }
    return out;
}

std::vector<Issue> validate(const OperatorClaims& claims, int64_t now) {
    IssueList issues;
    check_times(claims, now, issues);
    if (!claims.account_server_url.empty() && split_url(claims.account_server_url).scheme.empty()) {
        issues.error("account server url {} requires a protocol", shown(claims.account_server_url));
    }
    for (const auto& url : claims.operator_service_urls) check_service_url(url, issues);
    for (const auto& key : claims.signing_keys) {
        if (!is_public_key(KeyKind::operator_key, key)) {
            issues.error("{} is not an operator public key", shown(key));
        }
    }
    if (!claims.system_account.empty() && !is_public_key(KeyKind::account, claims.system_account)) {
        issues.error("{} is not an account public key", shown(claims.system_account));
    }
    if (!claims.assert_server_version.empty() && !is_server_version(claims.assert_server_version)) {
        issues.error("asserted server version {} should be like 2.10.0",
                     shown(claims.assert_server_version));
    }
    return issues.take();
}

std::vector<Issue> validate(const UserClaims& claims, int64_t now) {
    IssueList issues;
    check_times(claims, now, issues);
    check_user_limits(claims.limits, issues);
    if (!is_public_key(KeyKind::user, claims.sub)) {
        issues.error("subject is not a user public key");
    }
    if (!claims.issuer_account.empty() && !is_public_key(KeyKind::account, claims.issuer_account)) {
        issues.error("account_id is not an account public key");
    }
    return issues.take();
}

std::vector<Issue> validate(const ActivationClaims& claims, int64_t now) {
    IssueList issues;
    check_times(claims, now, issues);
    if (claims.import_type == ExportType::unknown) issues.error("invalid export type: \"unknown\"");
    check_subject(claims.import_subject, issues);
    if (!claims.issuer_account.empty() && !is_public_key(KeyKind::account, claims.issuer_account)) {
        issues.error("account_id is not an account public key");
    }
    return issues.take();
}

const Issue* first_blocking(const std::vector<Issue>& issues, bool with_times) {
    const auto found = std::find_if(issues.begin(), issues.end(), [&](const Issue& issue) {
        return issue.blocking || (with_times && issue.time_check);
    });
    return found == issues.end() ? nullptr : &*found;
}

}  // namespace midge
