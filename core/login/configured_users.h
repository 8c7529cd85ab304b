#pragma once
// The users, nkeys and tokens of the configuration, and the accounts that they come to.
#include <optional>
#include <string>
#include <unordered_map>

#include "account/account_registry.h"
#include "auth/static_login.h"
#include "config/options.h"
#include "login/login_grant.h"
#include "login/login_request.h"

namespace midge {

// Those of one listener. Immutable; safe from any thread. Owned by the Authenticator; the registry
// outlives it. Errors carry the true reason, for the log only.
class ConfiguredUsers {
  public:
    // `certificates_name_users`: on this listener, or on another. Fails as StaticUsers::from().
    [[nodiscard]] static Result<ConfiguredUsers> from(const Options& options,
                                                      AccountRegistry& registry,
                                                      ConnectionType type,
                                                      bool certificates_name_users);

    // Whether anybody is configured.
    [[nodiscard]] bool required() const noexcept { return users_.required(); }
    [[nodiscard]] bool any_nkey() const noexcept { return users_.any_nkey(); }
    // Whether a client is somebody without any CONNECT, by `no_auth_user`. Fails if that is no
    // user.
    [[nodiscard]] Result<bool> has_default_user() const;

    // As whom the client comes, before that is proved; may be empty.
    [[nodiscard]] std::string name_of(const LoginRequest& request) const;
    // Makes CONNECT say as whom the client comes, for a service that is asked about it.
    void complete(LoginRequest& request) const;
    // Whether the user may only come through a trusted proxy, and does not.
    [[nodiscard]] bool lacks_proxy(const LoginRequest& request) const;
    // Nothing if it takes bcrypt to know: then check_password() does, on a thread of the hash pool.
    [[nodiscard]] std::optional<Result<LoginGrant>> check_at_once(
        const LoginRequest& request) const;
    [[nodiscard]] Result<LoginGrant> check_password(const LoginRequest& request) const;

    // As Authenticator::anonymous().
    [[nodiscard]] Result<LoginGrant> anonymous(
        const std::optional<CertificateNames>& certificate) const;
    // As Authenticator::renew(), for a grant that no service gave.
    [[nodiscard]] Renewal renew(const LoginGrant& grant, const std::string& offered) const;

  private:
    ConfiguredUsers(AccountRegistry& registry, ConnectionType type, StaticUsers users,
                    const Options& options);
    void note_fingerprints(const StaticAuthSpec& spec);
    [[nodiscard]] StaticOffer to_offer(const LoginRequest& request) const;
    [[nodiscard]] Result<LoginGrant> grant_to(Result<StaticLogin> login) const;

    AccountRegistry& registry_;
    ConnectionType type_;  // of the clients that log in
    StaticUsers users_;
    std::string no_auth_user_;
    std::string no_auth_password_;
    std::unordered_map<std::string, size_t> fingerprints_;  // of credentials, by name or nkey
    std::optional<std::string> callout_account_;  // of the service that decides; nothing: none does
};

}  // namespace midge
