#include "login/configured_users.h"

#include "base/text.h"
#include "login/callout_service.h"
#include "login/static_spec.h"

namespace midge {
namespace {

// Tells whether two configurations ask the same of a user. Stays in this process.
size_t fingerprint(const StaticUserSpec& user) {
    std::string all = user.name + '\n' + user.password + '\n' + user.nkey;
    const size_t print = std::hash<std::string>{}(all);
    wipe(all);
    return print;
}

bool offers_nothing(const ConnectOptions& connect) {
    return connect.user.empty() && connect.pass.empty() && connect.auth_token.empty() &&
           connect.nkey.empty();
}

}  // namespace

ConfiguredUsers::ConfiguredUsers(AccountRegistry& registry, ConnectionType type, StaticUsers users,
                                 const Options& options)
    : registry_(registry),
      type_(type),
      users_(std::move(users)),
      no_auth_user_(options.no_auth_user) {
    if (options.authorization.callout) callout_account_ = options.authorization.callout->account;
}

Result<ConfiguredUsers> ConfiguredUsers::from(const Options& options, AccountRegistry& registry,
                                              ConnectionType type, bool certificates_name_users) {
    StaticAuthSpec spec = to_static_spec(options);
    spec.certificates_name_users = certificates_name_users;
    auto users = StaticUsers::from(spec);
    if (!users) return pass(users);
    ConfiguredUsers made(registry, type, std::move(*users), options);
    made.note_fingerprints(spec);
    return made;
}

void ConfiguredUsers::note_fingerprints(const StaticAuthSpec& spec) {
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

Result<bool> ConfiguredUsers::has_default_user() const {
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

std::string ConfiguredUsers::name_of(const LoginRequest& request) const {
    if (request.certificate) return users_.name_of(*request.certificate, type_);
    const bool is_nobody = offered_id(request.connect, {}).empty() && request.connect.pass.empty();
    return is_nobody ? no_auth_user_ : offered_user(request.connect);
}

void ConfiguredUsers::complete(LoginRequest& request) const {
    ConnectOptions& connect = request.connect;
    connect.jwt.clear();  // means nothing here
    std::string mapped;
    if (request.certificate) mapped = users_.name_of(*request.certificate, type_);
    if (!mapped.empty()) {
        connect.user = std::move(mapped);
    } else if (offered_id(connect, {}).empty()) {
        connect.user = no_auth_user_;
        connect.pass = no_auth_password_;
    }
}

StaticOffer ConfiguredUsers::to_offer(const LoginRequest& request) const {
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

bool ConfiguredUsers::lacks_proxy(const LoginRequest& request) const {
    return users_.lacks_proxy(to_offer(request));
}

std::optional<Result<LoginGrant>> ConfiguredUsers::check_at_once(
    const LoginRequest& request) const {
    if (!users_.required()) return anonymous(std::nullopt);
    if (!no_auth_user_.empty() && !request.certificate && offers_nothing(request.connect))
        return grant_to(users_.without_proof(no_auth_user_, type_, !request.proxy.empty()));
    if (users_.needs_slow_check(to_offer(request))) return std::nullopt;
    return check_password(request);
}

Result<LoginGrant> ConfiguredUsers::check_password(const LoginRequest& request) const {
    return grant_to(users_.check(to_offer(request)));
}

Result<LoginGrant> ConfiguredUsers::anonymous(
    const std::optional<CertificateNames>& certificate) const {
    if (callout_account_) return fail(Errc::denied, "a callout service decides who may log in");
    if (certificate && users_.any_user()) {
        StaticOffer offer;
        offer.certificate = &*certificate;
        offer.connection_type = type_;
        if (users_.needs_slow_check(offer)) return fail(Errc::denied, "no password was sent");
        return grant_to(users_.check(offer));
    }
    if (users_.required()) return grant_to(users_.without_proof(no_auth_user_, type_, false));
    return grant_to(users_.without_name());
}

Result<LoginGrant> ConfiguredUsers::grant_to(Result<StaticLogin> login) const {
    if (!login) return pass(login);
    LoginGrant grant;
    grant.account = registry_.find(login->account.empty() ? global_account_name : login->account);
    if (grant.account == nullptr) return fail(Errc::not_found, "account missing");
    grant.permissions = login->permissions;
    grant.user = login->name;
    if (const auto found = fingerprints_.find(login->name); found != fingerprints_.end())
        grant.fingerprint = found->second;
    if (grant.account->name() == callout_account_) keep_from_asking(grant.permissions);
    return grant;
}

Renewal ConfiguredUsers::renew(const LoginGrant& grant, const std::string& offered) const {
    using Standing = Renewal::Standing;
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
    auto now = grant_to(std::move(login));
    if (!now || now->account != grant.account) return {Standing::gone};
    if (now->fingerprint != grant.fingerprint) return {};
    return {Standing::stays, std::move(now->permissions)};
}

}  // namespace midge
