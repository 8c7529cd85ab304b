#include "login/authenticator.h"

#include "auth/jwt.h"
#include "auth/nkey.h"
#include "auth/shown.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/wire_error.h"
#include "login/login_flow.h"

namespace midge {
namespace {

constexpr size_t shown_account_max = 64;

}  // namespace

void Authenticator::login(LoginRequest request, Done done) const {
    LoginFlow(shared_from_this(), std::move(request), std::move(done)).start();
}

Renewal Authenticator::renew(const LoginGrant& grant, const std::string& offered) const {
    using Standing = Renewal::Standing;
    if (grant.called_out) {
        const bool same_service = grant.fingerprint == callout_fingerprint_;
        return {same_service ? Standing::stays : Standing::refused, grant.permissions};
    }
    if (callout_rules_ && !is_exempt(grant)) return {};
    return users_.renew(grant, offered);
}

std::string Authenticator::find_proxy(const LoginRequest& request) const {
    const auto signature = base64_decode(request.connect.proxy_sig);
    // An empty nonce would make any signature of nothing reusable.
    if (!signature || request.nonce.empty()) return {};
    for (const std::string& key : trusted_proxies_) {
        if (verify_signature(key, request.nonce, *signature)) return key;
    }
    return {};
}

bool Authenticator::still_trusts_proxy(const LoginGrant& grant) const {
    return grant.details().proxy.empty() || is_listed(trusted_proxies_, grant.details().proxy);
}

void Authenticator::add_sentinel(ConnectOptions& connect) const {
    // What cannot be read counts as nothing, as for nats-server.
    if (!default_sentinel_.empty() && !decode_user(connect.jwt)) connect.jwt = default_sentinel_;
}

Result<> Authenticator::check_pinned(const std::string& account_key) const {
    if (pinned_accounts_.empty() || pinned_accounts_.contains(account_key)) return {};
    return fail(Errc::denied, fmt::format("account {} is not listed as operator pinned account",
                                          shown(account_key)));
}

Result<LoginGrant> Authenticator::judge(const LoginRequest& request, const UserClaims& user,
                                        Account& account, bool vouched_for) const {
    const auto claims = account.claims();
    if (!claims) return fail(Errc::not_found, "account missing");
    auto login = check_login({.user = user,
                              .account = *claims,
                              .operators = *operators_,
                              .nonce = request.nonce,
                              .signature = request.connect.sig,
                              .client_ip = request.client_ip,
                              .connection_type = type_,
                              .through_trusted_proxy = !request.proxy.empty(),
                              .now = wall_now_seconds(),
                              .pinned_accounts = pinned_accounts_,
                              .vouched_for = vouched_for});
    if (!login) return pass(login);
    LoginGrant grant;
    grant.account = &account;
    grant.claims = claims;
    grant.permissions = std::move(login->permissions);
    grant.subscriptions_max = login->user.limits.subs;
    grant.payload_bytes_max = login->user.limits.payload;
    grant.expires_at = login->expires_at_seconds;
    grant.user = login->user.sub;
    grant.own_details() = {
        login->name, login->issuer_key, std::move(login->tags), login->user.iat, {}};
    grant.bearer = login->user.limits.bearer_token;
    grant.jwt_login = true;
    grant.default_permissions = login->uses_default_permissions;
    const auto signer = claims->signing_keys.find(login->issuer_key);
    if (signer != claims->signing_keys.end() && signer->second)
        grant.scope = std::shared_ptr<const UserScope>(claims, &*signer->second);
    keep_from_asking(grant.permissions, *claims);
    return grant;
}

bool Authenticator::asks_about(const LoginRequest& request) const {
    return callout_rules_ && !is_listed(callout_rules_->auth_users, users_.name_of(request));
}

bool Authenticator::may_exempt() const noexcept {
    return !callout_rules_->allowed_accounts.empty();
}

bool Authenticator::is_exempt(const LoginGrant& grant) const {
    const auto& accounts = callout_rules_->allowed_accounts;
    // Whoever has the token has no name.
    if (!grant.user.empty() && is_listed(callout_rules_->auth_users, grant.user)) return true;
    return !accounts.empty() && !grant.account->is_global() &&
           !is_listed(accounts, grant.account->name());
}

Result<CalloutService> Authenticator::configured_service() const {
    Account* const account = services_.registry.find(callout_rules_->account);
    if (account == nullptr) {
        return fail(Errc::not_found,
                    "auth callout: there is no account \"" + callout_rules_->account + "\"");
    }
    return CalloutService{account, callout_rules_->issuer, callout_rules_->xkey};
}

Result<LoginGrant> Authenticator::judge_called_out(const LoginRequest& request,
                                                   const UserClaims& user) const {
    const std::string& issuer = callout_rules_->issuer;
    const std::string service = go_quote(callout_rules_->account);
    if (user.iss != issuer) {
        return fail(
            Errc::denied,
            fmt::format("Wrong issuer for auth callout response on account {}, expected {} got {}",
                        service, go_quote(issuer), go_quote(user.iss)));
    }
    if (!user.issuer_account.empty()) {
        return fail(
            Errc::denied,
            fmt::format("Error non operator mode account {}: attempted to use issuer_account",
                        service));
    }
    Account* const account = services_.registry.find(user.aud);
    if (account == nullptr) {
        return fail(
            Errc::denied,
            fmt::format(
                "No valid account {} for auth callout response on account {}: account missing",
                go_quote(user.aud.substr(0, shown_account_max)), service));
    }
    auto login = check_callout_user(user, request.client_ip, type_, !request.proxy.empty(),
                                    wall_now_seconds());
    if (!login) return pass(login);
    LoginGrant grant;
    grant.account = account;
    grant.permissions = std::move(login->permissions);
    grant.subscriptions_max = login->subs;
    grant.payload_bytes_max = login->payload;
    grant.expires_at = login->expires_at_seconds;
    if (account->name() == callout_rules_->account) keep_from_asking(grant.permissions);
    return grant;
}

CalloutQuestion Authenticator::make_question(const LoginRequest& request,
                                             const CalloutService& service,
                                             std::string offered) const {
    CalloutQuestion question;
    question.account = service.account;
    question.issuer = service.issuer;
    question.xkey = service.xkey;
    question.timeout = timeout_;
    question.claims = make_callout_claims(request, std::move(offered), type_);
    return question;
}

}  // namespace midge
