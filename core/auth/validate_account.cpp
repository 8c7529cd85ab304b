// Accounts, without their imports and exports, which are in a file of their own.
#include <map>

#include "auth/nkey.h"
#include "auth/shown.h"
#include "auth/subject_entry.h"
#include "auth/validate_exchange.h"
#include "auth/validate_parts.h"
#include "subject/subject.h"

namespace midge {
namespace {

void check_limits(const AccountClaims& claims, IssueList& issues) {
    const AccountLimits& limits = claims.limits;
    if (!limits.tiered_limits.empty() && limits.jetstream != JetStreamLimits{}) {
        issues.error("JetStream Limits and tiered JetStream Limits are mutually exclusive");
    }
    if (limits.tiered_limits.contains("")) issues.error("a JetStream tier has no name");
    const auto exceeds = [](size_t count, int64_t limit) {
        return limit >= 0 && count > static_cast<uint64_t>(limit);
    };
    if (exceeds(claims.imports.size(), limits.imports)) {
        issues.error("the account contains more imports than allowed by the operator");
    }
    if (exceeds(claims.exports.size(), limits.exports)) {
        issues.error("the account contains more exports than allowed by the operator");
    }
    // As in the Go library, `wildcards` matters only if exports are limited.
    if (limits.exports < 0 || limits.wildcards) return;
    for (const auto& entry : claims.exports) {
        if (!has_wildcard_token(entry.subject)) continue;
        issues.error("the account contains wildcard exports that are not allowed by the operator");
        return;
    }
}

// Skips entries with "{{", which are checked when they are expanded.
void check_template_entries(const std::vector<std::string>& entries, IssueList& issues) {
    for (const auto& entry : entries) {
        if (entry.find("{{") == std::string::npos && !is_valid_subject_entry(entry)) {
            issues.error("scope template entry {} is not a valid subject", shown(entry));
        }
    }
}

void check_signing_keys(const SigningKeys& keys, IssueList& issues) {
    for (const auto& [key, scope] : keys) {
        if (!is_public_key(KeyKind::account, key)) {
            issues.error("{} is not an account public key", shown(key));
        }
        if (!scope) continue;
        const auto& permissions = scope->template_limits.permissions;
        for (const auto* subjects : {&permissions.pub, &permissions.sub}) {
            check_template_entries(subjects->allow, issues);
            check_template_entries(subjects->deny, issues);
        }
    }
}

void check_mappings(const AccountClaims& claims, IssueList& issues) {
    constexpr int percent_max = 100;
    for (const auto& [subject, targets] : claims.mappings) {
        check_subject(subject, issues);
        // By cluster; "" for all clusters without their own list.
        std::map<std::string_view, int> sums;
        for (const auto& target : targets) {
            check_subject(target.subject, issues);
            sums[target.cluster] += target.weight == 0 ? percent_max : int{target.weight};
        }
        for (const auto& [cluster, sum] : sums) {
            if (sum <= percent_max) continue;
            issues.error("mapping {} exceeds 100% among its weights{}{}", shown(subject),
                         cluster.empty() ? "" : " in cluster ",
                         cluster.empty() ? std::string() : shown(cluster));
        }
    }
}

void check_authorization(const ExternalAuthorization& authorization, IssueList& issues) {
    if (authorization.auth_users.empty() && !authorization.allowed_accounts.empty()) {
        issues.error("external authorization with accounts needs users");
    }
    for (const auto& user : authorization.auth_users) {
        if (!is_public_key(KeyKind::user, user)) {
            issues.error("auth user {} is not a user public key", shown(user));
        }
    }
    const bool any =
        authorization.allowed_accounts.size() == 1 && authorization.allowed_accounts.front() == "*";
    for (const auto& account : authorization.allowed_accounts) {
        if (!any && !is_public_key(KeyKind::account, account)) {
            issues.error("allowed account {} is not an account public key", shown(account));
        }
    }
    if (!authorization.xkey.empty() && !is_public_key(KeyKind::curve, authorization.xkey)) {
        issues.error("xkey {} is not a public curve key", shown(authorization.xkey));
    }
}

void check_trace(const MsgTrace& trace, IssueList& issues) {
    if (!is_literal_subject(trace.dest)) {
        issues.error("trace destination {} is not a valid publish subject", shown(trace.dest));
    }
    constexpr int64_t percent_max = 100;
    if (trace.sampling < 0 || trace.sampling > percent_max) {
        issues.error("trace sampling is {}, expected 1..100", trace.sampling);
    }
}

void check_cluster_traffic(const std::string& traffic, IssueList& issues) {
    if (!traffic.empty() && traffic != "system" && traffic != "owner") {
        issues.error("unknown cluster traffic option: {}", shown(traffic));
    }
}

}  // namespace

std::vector<Issue> validate(const AccountClaims& claims, int64_t now) {
    IssueList issues;
    check_times(claims, now, issues);
    if (!is_public_key(KeyKind::account, claims.sub)) {
        issues.error("subject is not an account public key");
    }
    check_imports(claims, issues);
    check_exports(claims, issues);
    check_limits(claims, issues);
    check_permissions(claims.default_permissions, issues);
    check_mappings(claims, issues);
    check_authorization(claims.authorization, issues);
    if (claims.trace) check_trace(*claims.trace, issues);
    check_signing_keys(claims.signing_keys, issues);
    check_info(claims.description, claims.info_url, issues);
    check_cluster_traffic(claims.cluster_traffic, issues);
    if (is_public_key(KeyKind::account, claims.iss) && claims.limits != AccountLimits{}) {
        issues.warn("self-signed account with limits, which only an operator can grant");
    }
    return issues.take();
}

}  // namespace midge
