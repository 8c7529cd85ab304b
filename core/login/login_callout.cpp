// Authenticator: logins that a callout service decides (docs/protocol/jwt.md, Auth callout).
#include "login/login_callout.h"

#include "base/clock.h"
#include "base/wire_error.h"

namespace midge {
namespace {

constexpr std::string_view any_account = "*";
constexpr size_t shown_account_max = 64;

const std::string& offered_user(const ConnectOptions& connect) {
    return connect.nkey.empty() ? connect.user : connect.nkey;
}

// Who the client says it is. `jwt_subject`: the key of its JWT, if it has one.
std::string offered_id(const ConnectOptions& connect, const std::string& jwt_subject) {
    if (const std::string& user = offered_user(connect); !user.empty()) return user;
    return jwt_subject.empty() ? connect.auth_token : jwt_subject;
}

// The same to show it.
std::string offered_name(const ConnectOptions& connect, const std::string& jwt_subject) {
    const bool by_token = connect.nkey.empty() && connect.user.empty() && jwt_subject.empty();
    return by_token && !connect.auth_token.empty() ? "[REDACTED]"
                                                   : offered_id(connect, jwt_subject);
}

AuthorizationRequestClaims make_claims(const LoginRequest& request, std::string offered,
                                       ConnectionType type) {
    const ConnectOptions& connect = request.connect;
    AuthorizationRequestClaims claims;
    claims.client.host = request.client_ip;
    claims.client.id = request.client_id;
    claims.client.user = std::move(offered);
    claims.client.name = connect.name;
    claims.client.kind = "Client";
    claims.client.type = type == ConnectionType::websocket ? "websocket" : "nats";
    claims.client.nonce = request.nonce;
    claims.connect.jwt = connect.jwt;
    claims.connect.nkey = connect.nkey;
    claims.connect.sig = connect.sig;
    claims.connect.token = connect.auth_token;
    claims.connect.user = connect.user;
    claims.connect.password = connect.pass;
    claims.connect.name = connect.name;
    claims.connect.lang = connect.lang;
    claims.connect.version = connect.version;
    claims.connect.protocol = connect.protocol;
    claims.tls = request.tls;
    return claims;
}

// As nats-server begins the reason of an event.
std::string sentence(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

// A service that gives no limits gives none: for nats-server, those of a called out user count for
// nothing.
int64_t given_limit(int64_t limit) {
    return limit == 0 ? no_limit : limit;
}

}  // namespace

void keep_from_asking(std::shared_ptr<const Permissions>& permissions) {
    PermissionSpec spec = permissions ? permissions->spec() : PermissionSpec{};
    spec.publish.deny.emplace_back(callout_subject);
    permissions = std::make_shared<const Permissions>(spec);
}

std::shared_ptr<const Permissions> default_permissions(const AccountClaims& account) {
    std::shared_ptr<const Permissions> permissions;
    if (!account.default_permissions.empty())
        permissions = std::make_shared<const Permissions>(to_spec(account.default_permissions));
    if (has_callout(account)) keep_from_asking(permissions);
    return permissions;
}

// Whether a client that has proved who it is need not be asked about.
bool Authenticator::is_exempt(const LoginGrant& grant) const {
    const auto& accounts = callout_rules_->allowed_accounts;
    // Whoever has the token has no name.
    if (!grant.user.empty() && is_listed(callout_rules_->auth_users, grant.user)) return true;
    return !accounts.empty() && !grant.account->is_global() &&
           !is_listed(accounts, grant.account->name());
}

// Only those of listed accounts are asked about, and who could not log in by themselves.
void Authenticator::ask_unless_exempt(LoginRequest request, Done done) const {
    if (callout_rules_->allowed_accounts.empty()) {
        ask_for_static(std::move(request), std::move(done));
        return;
    }
    login_with_password(request, [self = shared_from_this(), request, done = std::move(done)](
                                     Result<LoginGrant> grant, LoginCase) {
        if (grant && self->is_exempt(*grant)) {
            done(std::move(grant), {});
        } else {
            self->ask_for_static(request, done);
        }
    });
}

bool Authenticator::is_auth_user(const LoginRequest& request) const {
    const auto& listed = callout_rules_->auth_users;
    if (request.certificate) return is_listed(listed, users_.name_of(*request.certificate, type_));
    const std::string& user = offered_user(request.connect);
    const bool is_nobody = offered_id(request.connect, {}).empty() && request.connect.pass.empty();
    return is_listed(listed, is_nobody ? no_auth_user_ : user);
}

// Asks, and lets in whom `judge` makes of the answer.
void Authenticator::ask(const LoginRequest& request, std::string offered, Account& account,
                        const std::string& xkey,
                        std::function<bool(std::string_view key)> may_answer, Judge judge,
                        Done done) const {
    CalloutQuestion question;
    question.account = &account;
    question.issuer = callout_rules_ ? callout_rules_->issuer : account.name();
    question.xkey = xkey;
    question.timeout = timeout_;
    question.claims = make_claims(request, offered, type_);
    callout_.ask(
        std::move(question), [self = shared_from_this(), &account, offered = std::move(offered),
                              may_answer = std::move(may_answer), judge = std::move(judge),
                              done = std::move(done)](Result<CalloutAnswer> answer) {
            const auto refuse = [&](const Error& why) {
                done(fail(why.code, sentence(why.text)), {&account});
            };
            if (!answer) return refuse(answer.error());
            const auto user = read_callout_answer(
                answer->token,
                {answer->user_key, self->callout_.server_id(), account.name(), may_answer});
            if (!user) return refuse(user.error());
            judge(*user, [self, done, offered, user = *user, &account](Result<LoginGrant> grant) {
                if (grant) {
                    grant->called_out = true;
                    grant->fingerprint = self->callout_fingerprint_;
                    grant->user = user.name.empty() ? offered : user.name;
                    LoginDetails& details = grant->own_details();
                    details.user_name.clear();
                    details.issuer_key = grant->account->name();
                    details.issued_at = user.iat;
                    grant->subscriptions_max = given_limit(grant->subscriptions_max);
                    grant->payload_bytes_max = given_limit(grant->payload_bytes_max);
                }
                done(std::move(grant), {&account});
            });
        });
}

void Authenticator::ask_for_static(LoginRequest request, Done done) const {
    Account* const account = registry_.find(callout_rules_->account);
    if (account == nullptr) {
        done(fail(Errc::not_found,
                  "auth callout: there is no account \"" + callout_rules_->account + "\""),
             {});
        return;
    }
    ConnectOptions& connect = request.connect;
    connect.jwt.clear();  // means nothing here
    const std::string mapped =
        request.certificate ? users_.name_of(*request.certificate, type_) : "";
    if (!mapped.empty()) {
        connect.user = mapped;
    } else if (offered_id(connect, {}).empty()) {
        connect.user = no_auth_user_;
        connect.pass = no_auth_password_;
    }
    const auto may_answer = [issuer = callout_rules_->issuer](std::string_view key) {
        return key == issuer;
    };
    std::string offered = offered_name(connect, {});
    ask(
        request, std::move(offered), *account, callout_rules_->xkey, may_answer,
        [self = shared_from_this(), request](const UserClaims& user, const auto& judged) {
            judged(self->judge_called_out(request, user));
        },
        std::move(done));
}

// A user for one of the accounts of the configuration.
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
    Account* const account = registry_.find(user.aud);
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

void Authenticator::ask_for_jwt(const LoginRequest& request, const UserClaims& user,
                                Account& account, Done done) const {
    const auto claims = account.claims();
    const auto may_answer = [claims](std::string_view key) {
        return key == claims->sub || claims->signing_keys.contains(std::string(key));
    };
    std::string offered = offered_name(request.connect, user.sub);
    ask(
        request, std::move(offered), account, claims->authorization.xkey, may_answer,
        [self = shared_from_this(), request, claims](const UserClaims& let_in, const auto& judged) {
            const std::string wanted = account_of(let_in);
            const auto& allowed = claims->authorization.allowed_accounts;
            if (wanted != claims->sub && !is_listed(allowed, any_account) &&
                !is_listed(allowed, wanted)) {
                judged(fail(
                    Errc::denied,
                    "Account " + go_quote(wanted) +
                        " not permitted as valid account option for auth callout for account " +
                        go_quote(claims->sub)));
                return;
            }
            self->registry_.lookup(
                wanted, [self, request, let_in, judged](const Result<Account*>& target) {
                    if (target) {
                        judged(self->judge(request, let_in, **target, true));
                    } else {
                        judged(fail(target.error().code,
                                    "Account JWT lookup error: " + target.error().text));
                    }
                });
        },
        // As for nats-server, the name in the JWT that it came with stays.
        [name = user.name, done = std::move(done)](Result<LoginGrant> grant, LoginCase how) {
            if (grant) grant->own_details().user_name = name;
            done(std::move(grant), how);
        });
}

}  // namespace midge
