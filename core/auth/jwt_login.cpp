#include "auth/jwt_login.h"

#include <fmt/format.h>

#include <algorithm>

#include "auth/jwt.h"
#include "auth/permission_template.h"
#include "auth/source_network.h"
#include "auth/time_window.h"
#include "auth/validate.h"
#include "base/encoding.h"

namespace midge {
namespace {

Result<> denied(std::string text) {
    return fail(Errc::denied, std::move(text));
}

// A key from a token may be any text, because its checksum was not verified. Returns a text that is
// safe to log.
std::string_view shown_key(std::string_view key) {
    return public_key_kind(key) ? key : "(not a key)";
}

Result<> check_account(const JwtLoginRequest& request) {
    const AccountClaims& account = request.account;
    const std::string& wanted = account_of(request.user);
    if (!request.pinned_accounts.empty() && !request.pinned_accounts.contains(wanted)) {
        return denied(
            fmt::format("account {} is not listed as operator pinned account", shown_key(wanted)));
    }
    // The resolver's answer may be any JWT.
    if (account.sub != wanted) {
        return denied(fmt::format("account JWT is of {}, wanted {}", shown_key(account.sub),
                                  shown_key(wanted)));
    }
    if (!request.operators.trusts(account.iss)) {
        return denied(
            fmt::format("account JWT issuer {} is not a trusted operator", shown_key(account.iss)));
    }
    if (account.exp > 0 && request.now > account.exp) return denied("account JWT is expired");
    if (account.nbf > 0 && account.nbf > request.now) return denied("account JWT is not yet valid");
    return {};
}

// Step 8. Returns null if the account's own key issued the user.
Result<const UserScope*> find_scope(const JwtLoginRequest& request) {
    const AccountClaims& account = request.account;
    const std::string& issuer = request.user.iss;
    const auto signing_key = account.signing_keys.find(issuer);
    if (signing_key != account.signing_keys.end()) {
        return signing_key->second ? &*signing_key->second : nullptr;
    }
    if (issuer != account.sub) {
        return fail(Errc::denied,
                    fmt::format("user JWT issuer is not known: {}", shown_key(issuer)));
    }
    if (request.operators.strict(account.iss)) {
        return fail(Errc::denied,
                    "user JWT issuer is not known: the operator requires signing keys");
    }
    return nullptr;
}

// Step 9: returns the limits for this user.
Result<ExpandedTemplate> effective_limits(const JwtLoginRequest& request) {
    auto scope = find_scope(request);
    if (!scope) return pass(scope);
    if (*scope == nullptr) return ExpandedTemplate{request.user.limits, {}};
    if (request.user.iss != (*scope)->key)
        return fail(Errc::denied, "issuer not the scoped signer");
    if (request.user.limits != UserPermissionLimits{}) {
        return fail(Errc::denied, "scoped users require no permissions or limits set");
    }
    auto limits = expand_template((*scope)->template_limits, request.user, request.account);
    if (!limits) return fail(Errc::denied, "scope of the signing key: " + limits.error().text);
    return limits;
}

Result<> check_signature(const JwtLoginRequest& request, const UserPermissionLimits& limits) {
    if (request.vouched_for) return {};
    if (limits.bearer_token) {
        if (request.account.limits.disallow_bearer) {
            return denied("account disallows bearer tokens");
        }
        return {};
    }
    if (request.signature.empty()) return denied("the nonce was not signed");
    const auto signature = base64_decode(request.signature);
    if (!signature) return denied("the signature is not base64");
    // With an empty nonce, the same signature would be valid for every connection.
    if (request.nonce.empty() || !verify_signature(request.user.sub, request.nonce, *signature)) {
        return denied("the signature does not fit the nonce");
    }
    return {};
}

Result<> check_circumstances(const JwtLoginRequest& request, const UserPermissionLimits& limits) {
    if (limits.proxy_required && !request.through_trusted_proxy) {
        return denied("proxy connection required");
    }
    if (auto ok = check_connection_type(limits.allowed_connection_types, request.connection_type);
        !ok) {
        return pass(ok);
    }
    if (is_revoked(request.account.revocations, request.user.sub, request.user.iat)) {
        return denied("user is revoked by the account");
    }
    if (!limits.src.empty() && !is_in_networks(request.client_ip, limits.src)) {
        return denied("client address is outside the networks in src");
    }
    return {};
}

int64_t smaller_limit(int64_t a, int64_t b) {
    if (a < 0) return b < 0 ? no_limit : b;
    return b < 0 ? a : std::min(a, b);
}

int64_t earlier(int64_t a, int64_t b) {
    if (a == 0 || b == 0) return std::max(a, b);
    return std::min(a, b);
}

JwtLogin make_login(const JwtLoginRequest& request, ExpandedTemplate expanded, int64_t times_end) {
    UserPermissionLimits& limits = expanded.limits;
    JwtLogin out;
    out.user = request.user;
    out.account = request.account.sub;
    out.name = request.user.name;
    out.tags = request.user.tags;
    out.issuer_key = request.user.iss;
    out.subs = smaller_limit(limits.subs, request.account.limits.subs);
    out.payload = smaller_limit(limits.payload, request.account.limits.payload);
    out.expires_at_seconds = earlier(std::max<int64_t>(request.user.exp, 0), times_end);
    out.uses_default_permissions = limits.permissions.empty();
    const PermissionClaims& permissions =
        out.uses_default_permissions ? request.account.default_permissions : limits.permissions;
    if (!permissions.empty()) {
        PermissionSpec spec = to_spec(permissions);
        spec.left_out = std::move(expanded.left_out);
        out.permissions = std::make_shared<const Permissions>(spec);
    }
    out.user.limits = std::move(limits);
    return out;
}

// The checks after the proof of identity.
Result<JwtLogin> admit(const JwtLoginRequest& request, ExpandedTemplate expanded) {
    const UserPermissionLimits& limits = expanded.limits;
    if (auto ok = check_circumstances(request, limits); !ok) return pass(ok);
    auto times_end = window_end(limits.times, limits.times_location, request.now);
    if (!times_end) return pass(times_end);
    return make_login(request, std::move(expanded), *times_end);
}

}  // namespace

Result<UserClaims> read_user_token(std::string_view token) {
    if (token.empty()) return fail(Errc::denied, "Authentication requires a user JWT");
    auto user = decode_user(token);
    if (!user) return fail(Errc::denied, "user JWT not valid: " + user.error().text);
    return user;
}

Result<> check_user_claims(UserClaims& user, int64_t now) {
    // window_end() looks the time zone up after the token is trusted, because a look-up reads a
    // file.
    std::string zone = std::exchange(user.limits.times_location, {});
    const auto issues = validate(user, now);
    user.limits.times_location = std::move(zone);
    if (const Issue* issue = first_blocking(issues, true)) {
        return fail(Errc::denied, "User JWT no longer valid: " + issue->description);
    }
    return {};
}

const std::string& account_of(const UserClaims& user) noexcept {
    return user.issuer_account.empty() ? user.iss : user.issuer_account;
}

Result<JwtLogin> check_login(const JwtLoginRequest& request) {
    if (auto ok = check_account(request); !ok) return pass(ok);
    auto expanded = effective_limits(request);
    if (!expanded) return pass(expanded);
    if (auto ok = check_signature(request, expanded->limits); !ok) return pass(ok);
    return admit(request, std::move(*expanded));
}

Result<JwtLogin> check_callout_user(const UserClaims& user, std::string_view client_ip,
                                    ConnectionType connection_type, bool through_trusted_proxy,
                                    int64_t now) {
    AccountClaims account;
    account.limits.subs = account.limits.payload = no_limit;
    return admit({.user = user,
                  .account = account,
                  .operators = TrustedOperators{},
                  .nonce = {},
                  .signature = {},
                  .client_ip = client_ip,
                  .connection_type = connection_type,
                  .through_trusted_proxy = through_trusted_proxy,
                  .now = now,
                  .pinned_accounts = {},
                  .vouched_for = true},
                 {user.limits, {}});
}

}  // namespace midge
