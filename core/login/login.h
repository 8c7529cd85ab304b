#pragma once
// Who may log in, and as what.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "account/account_registry.h"
#include "auth/callout_claims.h"
#include "auth/jwt_login.h"
#include "auth/static_login.h"
#include "base/close_reason.h"
#include "config/options.h"
#include "login/callout.h"
#include "login/hash_pool.h"
#include "protocol/connect.h"

namespace midge {

struct LoginRequest {
    ConnectOptions connect;
    std::string nonce;
    std::string client_ip;
    // With `verify_and_map`: of the client's certificate, which names the user.
    std::optional<CertificateNames> certificate;
    std::optional<CalloutTls> tls;  // for a callout service
    uint64_t client_id = 0;
    Waiting waiting = {};    // ended when the client goes; null: nobody tells
    std::string proxy = {};  // key of the trusted proxy that it comes through, once that is proved
};

// What most logins have none of: of the JWT of a user, and of the way it came.
struct LoginDetails {
    std::string user_name;
    std::string issuer_key;  // that signed the JWT: the account's, or one of its signing keys
    std::vector<std::string> tags;
    int64_t issued_at = 0;  // seconds since 1970 UTC
    std::string proxy;      // key of the trusted proxy it came through; empty: of none
};

// What a login gives a session.
struct LoginGrant {
    Account* account = nullptr;
    std::shared_ptr<const Permissions>
        permissions;                       // null: everything; shared with the subscriptions
    int64_t subscriptions_max = no_limit;  // of the user; the account's count besides
    int64_t payload_bytes_max = no_limit;
    int64_t expires_at = 0;  // seconds since 1970 UTC; 0: never
    std::string user;        // public key, user name or token
    size_t fingerprint = 0;  // of the configured user, or of who decided about it
    // Those of the account that the login was judged by; null: by none.
    std::shared_ptr<const AccountClaims> claims;
    // That of the key that signed the user; null: it may do what its own JWT says.
    std::shared_ptr<const UserScope> scope;
    bool bearer = false;
    bool jwt_login = false;
    bool called_out = false;           // a callout service let it in
    bool default_permissions = false;  // those of its account, as they are now

    [[nodiscard]] const LoginDetails& details() const;
    // Of this grant alone, to be changed.
    [[nodiscard]] LoginDetails& own_details();
    // Whether the account still has the claims that this was judged by.
    [[nodiscard]] bool fits_claims() const {
        return claims == nullptr || (account->claims() == claims && !account->is_gone());
    }

  private:
    std::shared_ptr<const LoginDetails> details_;  // null: none
};

// What is left of a login when the configuration is another.
struct Renewal {
    enum class Standing : uint8_t {
        stays,
        refused,
        gone,  // its user is gone, or in another account
    };
    Standing standing = Standing::refused;
    std::shared_ptr<const Permissions> permissions = nullptr;  // of who stays
};

// How a login was judged.
struct LoginCase {
    Account* callout = nullptr;  // where a service was asked; null: none was
    CloseReason reason = CloseReason::authentication_failure;  // if it failed
};

// Immutable; replaced as a whole by a reload. Safe from any thread. Errors carry the true reason,
// for the log only.
class Authenticator : public std::enable_shared_from_this<Authenticator> {
  public:
    using Done = std::function<void(Result<LoginGrant>, LoginCase)>;

    // `certificates_name_users`: on this listener, or on another.
    [[nodiscard]] static Result<std::shared_ptr<const Authenticator>> from(
        const Options& options, AccountRegistry& registry,
        std::shared_ptr<const TrustedOperators> operators, HashPool& hashes, Callout& callout,
        ConnectionType type, bool certificates_name_users);

    // Whether INFO says auth_required, so that nothing but CONNECT is taken before a login.
    [[nodiscard]] bool required() const noexcept { return required_; }
    // Whether anybody is configured, so that who has not sent CONNECT may be nobody.
    [[nodiscard]] bool has_users() const noexcept { return required_ || users_.required(); }
    // Whether INFO carries a nonce.
    [[nodiscard]] bool uses_nonce() const noexcept { return uses_nonce_; }
    // `done` runs once, within the call or later on another thread.
    void login(LoginRequest request, Done done) const;
    // Whether a callout service may be asked, so that it wants to know of TLS.
    [[nodiscard]] bool may_call_out() const noexcept {
        return callout_rules_ || (operators_ && !operators_->empty());
    }
    // Of a session that was let in with a user of the configuration, or by a callout service.
    // `offered`: the user or nkey that it named; may be empty.
    [[nodiscard]] Renewal renew(const LoginGrant& grant, const std::string& offered) const;
    // Whether it came through no proxy, or one that is still trusted.
    [[nodiscard]] bool still_trusts_proxy(const LoginGrant& grant) const;
    // The grant of a client that sends something before CONNECT where that is allowed.
    // `certificate`: what this listener may find users by.
    [[nodiscard]] Result<LoginGrant> anonymous(
        const std::optional<CertificateNames>& certificate) const;

  private:
    Authenticator(AccountRegistry& registry, HashPool& hashes, Callout& callout,
                  ConnectionType type)
        : registry_(registry), hashes_(hashes), callout_(callout), type_(type) {}
    void note_users(const StaticAuthSpec& spec);
    [[nodiscard]] Result<bool> find_default_user() const;
    [[nodiscard]] StaticOffer to_offer(const LoginRequest& request) const;
    [[nodiscard]] std::string find_proxy(const LoginRequest& request) const;
    void login_with_jwt(LoginRequest request, Done done) const;
    void login_with_password(LoginRequest request, Done done) const;
    [[nodiscard]] Result<LoginGrant> check_static(const LoginRequest& request) const;
    [[nodiscard]] Result<LoginGrant> grant_static(Result<StaticLogin> login) const;
    [[nodiscard]] Result<LoginGrant> judge(const LoginRequest& request, const UserClaims& user,
                                           Account& account, bool vouched_for) const;

    // By a service (login_callout.cpp)
    using Judge =
        std::function<void(const UserClaims& user, std::function<void(Result<LoginGrant>)> done)>;
    [[nodiscard]] bool is_auth_user(const LoginRequest& request) const;
    [[nodiscard]] bool is_exempt(const LoginGrant& grant) const;
    void ask_unless_exempt(LoginRequest request, Done done) const;
    void ask_for_static(LoginRequest request, Done done) const;
    void ask_for_jwt(const LoginRequest& request, const UserClaims& user, Account& account,
                     Done done) const;
    void ask(const LoginRequest& request, std::string offered, Account& account,
             const std::string& xkey, std::function<bool(std::string_view key)> may_answer,
             Judge judge, Done done) const;
    [[nodiscard]] Result<LoginGrant> judge_called_out(const LoginRequest& request,
                                                      const UserClaims& user) const;

    AccountRegistry& registry_;
    HashPool& hashes_;
    Callout& callout_;
    const ConnectionType type_;  // of the clients that log in
    std::shared_ptr<const TrustedOperators> operators_;
    StaticUsers users_;
    std::string no_auth_user_;
    std::string default_sentinel_;
    std::vector<std::string> trusted_proxies_;
    std::unordered_map<std::string, size_t> fingerprints_;  // of credentials, by name or nkey
    std::unordered_set<std::string> pinned_accounts_;
    std::optional<AuthCalloutOptions> callout_rules_;  // of the configuration
    size_t callout_fingerprint_ = 0;
    std::chrono::milliseconds timeout_{0};
    std::string no_auth_password_;
    bool required_ = false;
    bool uses_nonce_ = false;
};

}  // namespace midge
