#include "login/callout_service.h"

#include "account/account.h"
#include "base/wire_error.h"

namespace midge {
namespace {

constexpr std::string_view any_account = "*";

bool has_callout(const AccountClaims& account) noexcept {
    return !account.authorization.auth_users.empty();
}

}  // namespace

bool CalloutService::signs_with(std::string_view key) const {
    if (!claims) return key == issuer;
    return key == claims->sub || claims->signing_keys.contains(std::string(key));
}

Result<> CalloutService::check_target(const std::string& account_key) const {
    const auto& allowed = claims->authorization.allowed_accounts;
    if (account_key == claims->sub || is_listed(allowed, any_account) ||
        is_listed(allowed, account_key))
        return {};
    return fail(Errc::denied,
                "Account " + go_quote(account_key) +
                    " not permitted as valid account option for auth callout for account " +
                    go_quote(claims->sub));
}

std::optional<CalloutService> find_callout_service(Account& account, const UserClaims& user) {
    auto claims = account.claims();
    if (!claims || !has_callout(*claims) || is_listed(claims->authorization.auth_users, user.sub))
        return std::nullopt;
    std::string xkey = claims->authorization.xkey;
    return CalloutService{&account, account.name(), std::move(xkey), std::move(claims)};
}

AuthorizationRequestClaims make_callout_claims(const LoginRequest& request, std::string offered,
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

void keep_from_asking(std::shared_ptr<const Permissions>& permissions) {
    PermissionSpec spec = permissions ? permissions->spec() : PermissionSpec{};
    spec.publish.deny.emplace_back(callout_subject);
    permissions = std::make_shared<const Permissions>(spec);
}

void keep_from_asking(std::shared_ptr<const Permissions>& permissions,
                      const AccountClaims& account) {
    if (has_callout(account)) keep_from_asking(permissions);
}

std::shared_ptr<const Permissions> default_permissions(const AccountClaims& account) {
    std::shared_ptr<const Permissions> permissions;
    if (!account.default_permissions.empty())
        permissions = std::make_shared<const Permissions>(to_spec(account.default_permissions));
    keep_from_asking(permissions, account);
    return permissions;
}

}  // namespace midge
