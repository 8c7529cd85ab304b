// ClientLogin: what changes for a client that is logged in (docs/protocol/jwt-login.md, New claims;
// docs/protocol/configuration.md, Reload).
#include <algorithm>

#include "client/client_events.h"
#include "client/client_login.h"
#include "client/client_role.h"
#include "client/subscribing.h"
#include "connection/connection.h"

namespace midge {
namespace {

void close_over_subscriptions(Connection& connection) {
    connection.close_with(WireError::maximum_subscriptions_exceeded,
                          CloseReason::maximum_subscriptions_exceeded);
}

int64_t subscription_count(const ClientState& client) {
    return static_cast<int64_t>(client.subscriptions.size());
}

// Whether the key that signed the user is still one of the account's, with the same scope.
bool renew_scope(LoginGrant& grant, const std::shared_ptr<const AccountClaims>& claims) {
    if (grant.details().issuer_key == claims->sub) return true;
    const auto signer = claims->signing_keys.find(grant.details().issuer_key);
    if (signer == claims->signing_keys.end()) return false;
    const std::optional<UserScope>& scope = signer->second;
    if (scope.has_value() != (grant.scope != nullptr)) return false;
    if (!scope) return true;
    if (*scope != *grant.scope) return false;
    // So that older claims are not kept.
    grant.scope = std::shared_ptr<const UserScope>(claims, &*scope);
    return true;
}

}  // namespace

void ClientLogin::apply_limits() {
    const Options& options = connection_.loop().settings().options;
    ParserLimits& limits = client_.limits;
    const LoginGrant& grant = client_.grant;
    limits.control_line_bytes_max = static_cast<size_t>(options.control_line_bytes_max);
    limits.payload_bytes_max = options.payload_bytes_max;
    client_.subscriptions_max = options.subscriptions_max > 0
                                    ? options.subscriptions_max
                                    : ClientState::subscriptions_unlimited;
    const auto lower = [](int64_t& limit, int64_t other) {
        if (other != no_limit) limit = std::min(limit, other);
    };
    lower(limits.payload_bytes_max, grant.payload_bytes_max);
    lower(client_.subscriptions_max, grant.subscriptions_max);
    if (grant.account == nullptr) return;
    const AccountQuota quota = grant.account->quota();
    lower(limits.payload_bytes_max, quota.payload_bytes);
    lower(client_.subscriptions_max, quota.subscriptions);
}

// What the client keeps of its account, and what was judged by that.
void ClientLogin::renew_account() {
    if (client_.grant.account != nullptr) {
        client_.publish_rules.set_mappings(client_.grant.account->mappings());
        client_.subscriptions.renew_imports();
    }
    client_.publish_rules.forget();
}

bool ClientLogin::renew_for_settings() {
    LoginGrant& grant = client_.grant;
    const Authenticator& judge = *client_role(connection_).authenticator();
    if (client_.counted_in && !judge.still_trusts_proxy(grant)) {
        connection_.close_with(WireError::authorization_violation, CloseReason::proxy_not_trusted);
        return false;
    }
    const bool by_configuration = !grant.jwt_login || grant.called_out;
    std::optional<Renewal> renewal;
    if (client_.counted_in && by_configuration) {
        renewal = renew_grant();
        if (renewal->standing != Renewal::Standing::stays) return false;
    }
    apply_limits();
    // A reload lets in a user anew, and nobody is let in at the limit. Subscriptions that it may
    // not have any more count, as in nats-server.
    const bool is_let_in_anew = by_configuration && !grant.user.empty();
    const int64_t count = subscription_count(client_);
    if (count > client_.subscriptions_max ||
        (is_let_in_anew && count == client_.subscriptions_max)) {
        close_over_subscriptions(connection_);
        return false;
    }
    if (renewal) change_permissions(connection_, client_, std::move(renewal->permissions));
    renew_account();
    return true;
}

// Users may have gone or changed: only those stay whom the new configuration would let in. The
// others are closed.
Renewal ClientLogin::renew_grant() {
    const ClientProfile* const profile = client_.connect.profile.get();
    Renewal renewal =
        client_role(connection_)
            .authenticator()
            ->renew(client_.grant, profile != nullptr ? profile->named_user() : std::string());
    switch (renewal.standing) {
        case Renewal::Standing::gone:
            connection_.close(CloseReason::client_closed);
            break;
        case Renewal::Standing::refused:
            connection_.close_with(WireError::authorization_violation,
                                   CloseReason::authentication_failure);
            break;
        case Renewal::Standing::stays:
            break;
    }
    return renewal;
}

// Limits that new claims changed. A connection over its new limit of subscriptions is closed.
void ClientLogin::renew_limits() {
    const int64_t payload_before = client_.limits.payload_bytes_max;
    apply_limits();
    const int64_t count = subscription_count(client_);
    if (count > client_.subscriptions_max) {
        close_over_subscriptions(connection_);
        return;
    }
    if (count == client_.subscriptions_max)
        connection_.log(LogLevel::debug, "stays with the {} subscriptions that it may have",
                        client_.subscriptions_max);
    if (client_.limits.payload_bytes_max != payload_before && client_.connect.takes_infos() &&
        client_.connected)
        send_connect_info(connection_, client_);
}

void ClientLogin::renew_for_claims(const AccountTerms& terms) {
    if (connection_.closed() || !client_.connected) return;
    const AccountClaims& claims = *terms.claims;
    LoginGrant& grant = client_.grant;
    if (is_revoked(claims.revocations, grant.user, grant.details().issued_at)) {
        connection_.close_with(WireError::user_authentication_revoked,
                               CloseReason::credentials_revoked);
        return;
    }
    if (grant.bearer && claims.limits.disallow_bearer) {
        connection_.close_with(WireError::authorization_violation,
                               CloseReason::authentication_failure);
        return;
    }
    if (grant.jwt_login && !grant.called_out && !renew_scope(grant, terms.claims)) {
        connection_.close(CloseReason::authentication_failure);
        return;
    }
    if (grant.default_permissions)
        change_permissions(connection_, client_, terms.default_permissions);
    renew_account();
    renew_limits();
}

}  // namespace midge
