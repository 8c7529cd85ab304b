#pragma once
// Who may log in, and as what.
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "account/account_registry.h"
#include "auth/jwt_login.h"
#include "config/options.h"
#include "login/callout.h"
#include "login/callout_service.h"
#include "login/configured_users.h"
#include "login/hash_pool.h"
#include "login/login_grant.h"
#include "login/login_request.h"

namespace midge {

// What a login may have to wait for. All of it outlives the logins.
struct LoginServices {
    AccountRegistry& registry;
    HashPool& hashes;
    Callout& callout;
};

// The rules of one listener: who is configured, what a request means, and whether a token and the
// claims of an account let its bearer in. Immutable; replaced as a whole by a reload. Safe from any
// thread. Waits for nothing: a LoginFlow does, which walks through a login by these rules. Errors
// carry the true reason, for the log only.
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
    // `done` runs once, within the call or later on another thread; never if the client goes
    // meanwhile, or the server stops.
    void login(LoginRequest request, Done done) const;
    // Whether a callout service may be asked, so that it wants to know of TLS.
    [[nodiscard]] bool may_call_out() const noexcept { return callout_rules_ || by_jwt(); }
    // Of a session that was let in with a user of the configuration, or by a callout service.
    // `offered`: the user or nkey that it named; may be empty.
    [[nodiscard]] Renewal renew(const LoginGrant& grant, const std::string& offered) const;
    // Whether it came through no proxy, or one that is still trusted.
    [[nodiscard]] bool still_trusts_proxy(const LoginGrant& grant) const;
    // The grant of a client that sends something before CONNECT where that is allowed.
    // `certificate`: what this listener may find users by.
    [[nodiscard]] Result<LoginGrant> anonymous(
        const std::optional<CertificateNames>& certificate) const {
        return users_.anonymous(certificate);
    }

    // The rules that a LoginFlow asks for.
    [[nodiscard]] const LoginServices& services() const noexcept { return services_; }
    [[nodiscard]] const ConfiguredUsers& users() const noexcept { return users_; }
    // Whether there are operators, so that nobody logs in without a JWT.
    [[nodiscard]] bool by_jwt() const noexcept { return operators_ && !operators_->empty(); }
    [[nodiscard]] bool trusts_proxies() const noexcept { return !trusted_proxies_.empty(); }
    // The proxy whose signature of the nonce came with CONNECT; empty: none that is trusted.
    [[nodiscard]] std::string find_proxy(const LoginRequest& request) const;
    // Who has no JWT gets the default one, if there is one.
    void add_sentinel(ConnectOptions& connect) const;
    // Whether the account may log in, by `resolver_pinned_accounts`.
    [[nodiscard]] Result<> check_pinned(const std::string& account_key) const;
    // `vouched_for`: by the callout service that made the user.
    [[nodiscard]] Result<LoginGrant> judge(const LoginRequest& request, const UserClaims& user,
                                           Account& account, bool vouched_for) const;

    // Those of the service of the configuration. Whether it decides about this client:
    [[nodiscard]] bool asks_about(const LoginRequest& request) const;
    // Whether it does not have to, about some whose login succeeds without it.
    [[nodiscard]] bool may_exempt() const noexcept;
    [[nodiscard]] bool is_exempt(const LoginGrant& grant) const;
    [[nodiscard]] Result<CalloutService> configured_service() const;
    // The grant of a user that it made, for one of the accounts of the configuration.
    [[nodiscard]] Result<LoginGrant> judge_called_out(const LoginRequest& request,
                                                      const UserClaims& user) const;

    // Those of any service.
    [[nodiscard]] CalloutQuestion make_question(const LoginRequest& request,
                                                const CalloutService& service,
                                                std::string offered) const;
    // Differs when another service decides.
    [[nodiscard]] size_t callout_fingerprint() const noexcept { return callout_fingerprint_; }

  private:
    Authenticator(LoginServices services, ConnectionType type, ConfiguredUsers users)
        : services_(services), type_(type), users_(std::move(users)) {}

    const LoginServices services_;
    const ConnectionType type_;  // of the clients that log in
    const ConfiguredUsers users_;
    std::shared_ptr<const TrustedOperators> operators_;
    std::string default_sentinel_;
    std::vector<std::string> trusted_proxies_;
    std::unordered_set<std::string> pinned_accounts_;
    std::optional<AuthCalloutOptions> callout_rules_;  // of the configuration
    size_t callout_fingerprint_ = 0;
    std::chrono::milliseconds timeout_{0};
    bool required_ = false;
    bool uses_nonce_ = false;
};

}  // namespace midge
