#include "login/login.h"

#include "auth/jwt.h"
#include "auth/nkey.h"
#include "auth/shown.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/text.h"
#include "config/options_text.h"
#include "login/login_callout.h"

namespace midge {
namespace {

SubjectRuleSpec to_rule_spec(const SubjectRules& rules) {
    return {rules.allow, rules.deny};
}

std::optional<PermissionSpec> to_permission_spec(const std::optional<PermissionRules>& rules) {
    if (!rules) return std::nullopt;
    PermissionSpec spec{to_rule_spec(rules->publish), to_rule_spec(rules->subscribe), std::nullopt};
    if (rules->responses)
        spec.responses = ResponseSpec{rules->responses->max_messages, rules->responses->expires};
    return spec;
}

StaticAuthSpec to_static_spec(const Options& all) {
    const AuthorizationOptions& options = all.authorization;
    StaticAuthSpec spec;
    spec.user = options.user;
    spec.password = options.password;
    spec.token = options.token;
    spec.proxy_required = options.proxy_required;
    spec.default_permissions = to_permission_spec(options.default_permissions);
    for (const UserOptions& user : all_users(all)) {
        StaticUserSpec entry;
        entry.name = user.name;
        entry.password = user.password;
        entry.nkey = user.nkey;
        entry.account = user.account;
        entry.proxy_required = user.proxy_required;
        entry.permissions = to_permission_spec(user.permissions);
        if (user.allowed_connection_types)
            entry.allowed_connection_types = *user.allowed_connection_types;
        spec.users.push_back(std::move(entry));
    }
    return spec;
}

// Tells whether two configurations ask the same of a user. Stays in this process.
size_t fingerprint(const StaticUserSpec& user) {
    std::string all = user.name + '\n' + user.password + '\n' + user.nkey;
    const size_t print = std::hash<std::string>{}(all);
    wipe(all);
    return print;
}

Result<> check_sentinel(const Options& options, bool by_jwt) {
    if (options.default_sentinel.empty()) return {};
    if (!by_jwt) return fail(Errc::invalid, "default sentinel requires operators and accounts");
    const auto user = decode_user(options.default_sentinel);
    if (!user) return fail(Errc::invalid, "default sentinel JWT not valid");
    if (!user->limits.bearer_token)
        return fail(Errc::invalid, "default sentinel must be a bearer token");
    return {};
}

constexpr const char* no_proxy = "proxy connection required";

bool offers_nothing(const ConnectOptions& connect) {
    return connect.user.empty() && connect.pass.empty() && connect.auth_token.empty() &&
           connect.nkey.empty();
}

}  // namespace

const LoginDetails& LoginGrant::details() const {
    static const LoginDetails none;
    return details_ ? *details_ : none;
}

LoginDetails& LoginGrant::own_details() {
    auto own = std::make_shared<LoginDetails>(details());
    LoginDetails& changed = *own;
    details_ = std::move(own);
    return changed;
}

void Authenticator::note_users(const StaticAuthSpec& spec) {
    for (const StaticUserSpec& user : spec.users) {
        fingerprints_[user.name.empty() ? user.nkey : user.name] = fingerprint(user);
        if (user.name == no_auth_user_) no_auth_password_ = user.password;
    }
    if (!spec.users.empty()) return;
    // The single user, or the token (whose login has no name).
    StaticUserSpec single;
    single.name = spec.user;
    single.password = spec.user.empty() ? spec.token : spec.password;
    fingerprints_[spec.user] = fingerprint(single);
}

// Whether a client is somebody without any CONNECT.
Result<bool> Authenticator::find_default_user() const {
    if (no_auth_user_.empty()) return false;
    // On another listener than that for all, it may be that the user must not connect that way.
    if (!users_.without_proof(no_auth_user_, type_, true) && type_ == ConnectionType::standard) {
        return fail(
            Errc::invalid,
            "no_auth_user: \"" + no_auth_user_ +
                "\" not present as user or nkey in authorization block or account configuration");
    }
    return users_.without_proof(no_auth_user_, type_, false).has_value();
}

Result<std::shared_ptr<const Authenticator>> Authenticator::from(
    const Options& options, AccountRegistry& registry,
    std::shared_ptr<const TrustedOperators> operators, HashPool& hashes, Callout& callout,
    ConnectionType type, bool certificates_name_users) {
    std::shared_ptr<Authenticator> made(new Authenticator(registry, hashes, callout, type));
    StaticAuthSpec spec = to_static_spec(options);
    spec.certificates_name_users = certificates_name_users;
    auto users = StaticUsers::from(spec);
    if (!users) return pass(users);
    made->users_ = std::move(*users);
    made->operators_ = std::move(operators);
    made->no_auth_user_ = options.no_auth_user;
    made->pinned_accounts_.insert(options.resolver_pinned_accounts.begin(),
                                  options.resolver_pinned_accounts.end());
    const bool by_jwt = made->operators_ && !made->operators_->empty();
    if (by_jwt && !made->pinned_accounts_.empty()) {
        // Users of the system account may always log in, whoever names it.
        const std::string& in_operator = made->operators_->system_account;
        const std::string& system =
            options.system_account.empty() ? in_operator : options.system_account;
        if (!system.empty()) made->pinned_accounts_.insert(system);
    }
    if (by_jwt && made->users_.required())
        return fail(Errc::invalid, "operators do not allow users to be configured directly");
    if (by_jwt && !made->no_auth_user_.empty()) {
        return fail(Errc::invalid, "no_auth_user not compatible with Trusted Operator");
    }
    made->trusted_proxies_ = options.trusted_proxies;
    made->note_users(spec);
    auto default_user = made->find_default_user();
    if (!default_user) return pass(default_user);
    if (auto sentinel = check_sentinel(options, by_jwt); !sentinel) return pass(sentinel);
    made->default_sentinel_ = options.default_sentinel;
    made->callout_rules_ = options.authorization.callout;
    made->callout_fingerprint_ =
        std::hash<std::string>{}(comparable_text(options.authorization.callout));
    made->timeout_ = options.authorization.timeout;
    made->required_ = by_jwt || made->callout_rules_ || (made->users_.required() && !*default_user);
    made->uses_nonce_ = by_jwt || made->users_.any_nkey() || !made->trusted_proxies_.empty();
    return std::shared_ptr<const Authenticator>(std::move(made));
}

StaticOffer Authenticator::to_offer(const LoginRequest& request) const {
    StaticOffer offer;
    offer.user = request.connect.user;
    offer.password = request.connect.pass;
    offer.token = request.connect.auth_token;
    offer.nkey = request.connect.nkey;
    offer.signature = request.connect.sig;
    offer.nonce = request.nonce;
    if (request.certificate) offer.certificate = &*request.certificate;
    offer.connection_type = type_;
    offer.through_trusted_proxy = !request.proxy.empty();
    return offer;
}

// The proxy whose signature of the nonce came with CONNECT; empty: none that is trusted.
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

void Authenticator::login(LoginRequest request, Done done) const {
    if (!request.connect.account.empty() || request.connect.new_account) {
        done(fail(Errc::denied, "CONNECT names an account"), {});
        return;
    }
    // Where no proxy is trusted nobody asks for one.
    if (!request.connect.proxy_sig.empty() && !trusted_proxies_.empty()) {
        request.proxy = find_proxy(request);
        if (request.proxy.empty()) {
            done(fail(Errc::denied, "proxy is not trusted"),
                 {nullptr, CloseReason::proxy_not_trusted});
            return;
        }
        done = [proxy = request.proxy, done = std::move(done)](Result<LoginGrant> grant,
                                                               LoginCase how) {
            if (grant) grant->own_details().proxy = proxy;
            done(std::move(grant), how);
        };
    }
    if (operators_ && !operators_->empty()) {
        login_with_jwt(std::move(request), std::move(done));
    } else if (users_.lacks_proxy(to_offer(request))) {
        done(fail(Errc::denied, no_proxy), {nullptr, CloseReason::proxy_required});
    } else if (callout_rules_ && !is_auth_user(request)) {
        ask_unless_exempt(std::move(request), std::move(done));
    } else {
        login_with_password(std::move(request), std::move(done));
    }
}

Renewal Authenticator::renew(const LoginGrant& grant, const std::string& offered) const {
    using Standing = Renewal::Standing;
    if (grant.called_out) {
        const bool same_service = grant.fingerprint == callout_fingerprint_;
        return {same_service ? Standing::stays : Standing::refused, grant.permissions};
    }
    if (callout_rules_ && !is_exempt(grant)) return {};
    const std::string& name = grant.user.empty() ? offered : grant.user;
    Result<StaticLogin> login = fail(Errc::denied, "a user is asked for");
    if (name.empty()) {
        // Nobody, where nobody has to log in, or who has the token.
        login = users_.without_name();
    } else {
        login = users_.without_proof(name, type_, !grant.details().proxy.empty());
        if (!login && login.error().code == Errc::not_found) return {Standing::gone};
    }
    if (!login) return {};
    auto now = grant_static(std::move(login));
    if (!now || now->account != grant.account) return {Standing::gone};
    if (now->fingerprint != grant.fingerprint) return {};
    return {Standing::stays, std::move(now->permissions)};
}

Result<LoginGrant> Authenticator::anonymous(
    const std::optional<CertificateNames>& certificate) const {
    if (callout_rules_) return fail(Errc::denied, "a callout service decides who may log in");
    if (certificate && users_.any_user()) {
        StaticOffer offer;
        offer.certificate = &*certificate;
        offer.connection_type = type_;
        if (users_.needs_slow_check(offer)) return fail(Errc::denied, "no password was sent");
        return grant_static(users_.check(offer));
    }
    if (users_.required()) return grant_static(users_.without_proof(no_auth_user_, type_, false));
    return grant_static(users_.without_name());
}

void Authenticator::login_with_password(LoginRequest request, Done done) const {
    if (!users_.required()) {
        done(anonymous(std::nullopt), {});
        return;
    }
    if (!no_auth_user_.empty() && !request.certificate && offers_nothing(request.connect)) {
        const bool by_proxy = !request.proxy.empty();
        const auto grant = grant_static(users_.without_proof(no_auth_user_, type_, by_proxy));
        done(grant, {});
        return;
    }
    if (!users_.needs_slow_check(to_offer(request))) {
        done(check_static(request), {});
        return;
    }
    // Shared, because a full queue hands the task back while this function still needs `done`.
    auto shared_done = std::make_shared<Done>(std::move(done));
    const Waiting waiting = request.waiting;
    const bool queued =
        hashes_.post(waiting, [self = shared_from_this(), request = std::move(request),
                               shared_done] { (*shared_done)(self->check_static(request), {}); });
    if (!queued)
        (*shared_done)(fail(Errc::unavailable, "too many passwords wait to be checked"), {});
}

Result<LoginGrant> Authenticator::check_static(const LoginRequest& request) const {
    return grant_static(users_.check(to_offer(request)));
}

Result<LoginGrant> Authenticator::grant_static(Result<StaticLogin> login) const {
    if (!login) return pass(login);
    LoginGrant grant;
    grant.account = registry_.find(login->account.empty() ? global_account_name : login->account);
    if (grant.account == nullptr) return fail(Errc::not_found, "account missing");
    grant.permissions = login->permissions;
    grant.user = login->name;
    if (const auto found = fingerprints_.find(login->name); found != fingerprints_.end())
        grant.fingerprint = found->second;
    if (callout_rules_ && grant.account->name() == callout_rules_->account)
        keep_from_asking(grant.permissions);
    return grant;
}

void Authenticator::login_with_jwt(LoginRequest request, Done done) const {
    // What cannot be read counts as nothing, as for nats-server.
    if (!default_sentinel_.empty() && !decode_user(request.connect.jwt))
        request.connect.jwt = default_sentinel_;
    if (request.connect.jwt.empty()) {
        done(fail(Errc::denied, "Authentication requires a user JWT"), {});
        return;
    }
    auto user = check_user_token(request.connect.jwt, wall_now_seconds());
    if (!user) {
        done(pass(user), {});
        return;
    }
    if (user->limits.proxy_required && request.proxy.empty()) {
        done(fail(Errc::denied, no_proxy), {nullptr, CloseReason::proxy_required});
        return;
    }
    const std::string account_key = account_of(*user);
    if (!pinned_accounts_.empty() && !pinned_accounts_.contains(account_key)) {
        // Nobody is asked about an account that may not log in.
        done(fail(Errc::denied, fmt::format("account {} is not listed as operator pinned account",
                                            shown(account_key))),
             {});
        return;
    }
    const std::string address = request.client_ip;
    auto found = [self = shared_from_this(), request = std::move(request), user = std::move(*user),
                  done = std::move(done)](const Result<Account*>& account) {
        if (!account) {
            done(fail(account.error().code, "Account JWT lookup error: " + account.error().text),
                 {});
            return;
        }
        auto grant = self->judge(request, user, **account, false);
        const auto claims = (*account)->claims();
        if (grant && claims && has_callout(*claims) &&
            !is_listed(claims->authorization.auth_users, user.sub)) {
            self->ask_for_jwt(request, user, **account, done);
            return;
        }
        done(std::move(grant), {});
    };
    registry_.lookup(account_key, std::move(found), address);
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
    if (has_callout(*claims)) keep_from_asking(grant.permissions);
    return grant;
}

}  // namespace midge
