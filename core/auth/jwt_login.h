#pragma once
// Decides whether a user JWT may log in (docs/protocol/jwt-login.md, Login: steps 3, 5 and 7 to
// 14). Pure functions: the caller provides the account, the clock and the connection. The error is
// the true reason, which may be logged, but not sent to the client.
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "auth/claims.h"
#include "auth/connection_type.h"
#include "auth/permissions.h"
#include "auth/trust.h"
#include "base/result.h"

namespace midge {

// Step 3: decodes the token, and validates its claims by themselves, exp and nbf included. `now` in
// seconds. `user` is unchanged afterwards.
[[nodiscard]] Result<UserClaims> read_user_token(std::string_view token);
[[nodiscard]] Result<> check_user_claims(UserClaims& user, int64_t now);

// Returns the key of the account whose JWT decides: issuer_account, or else the issuer.
[[nodiscard]] const std::string& account_of(const UserClaims& user) noexcept;

// The input of a login decision. Every reference and view is valid during the call.
struct JwtLoginRequest {
    const UserClaims& user;        // accepted by check_user_claims
    const AccountClaims& account;  // decoded from the resolver's JWT of account_of(user)
    const TrustedOperators& operators;
    std::string_view nonce;      // as sent in INFO
    std::string_view signature;  // CONNECT `sig`: base64url or base64; empty if not sent
    std::string_view client_ip;  // numeric; empty for an in-process connection
    ConnectionType connection_type = ConnectionType::standard;
    bool through_trusted_proxy = false;
    int64_t now = 0;  // seconds since 1970 UTC
    // Accounts that may log in, including the system account. Empty: every account.
    const std::unordered_set<std::string>& pinned_accounts;
    // True if a callout service vouches for the user: then no proof and no bearer right is needed.
    bool vouched_for = false;
};

struct JwtLogin {
    UserClaims user;  // with the expanded template's limits if the issuer is a scoped signing key
    std::shared_ptr<const Permissions>
        permissions;  // shared by the session and its subscriptions; null: everything is allowed
    bool uses_default_permissions = false;  // changes with the account's default_permissions
    int64_t subs = no_limit;                // the smaller of user and account
    int64_t payload = no_limit;             // bytes; likewise
    int64_t expires_at_seconds =
        0;                // end of exp or of the times window, whichever is earlier; 0: none
    std::string account;  // "A..."
    std::string name;
    std::vector<std::string> tags;
    std::string issuer_key;
};

[[nodiscard]] Result<JwtLogin> check_login(const JwtLoginRequest& request);

// The same for a user from a callout service in an account of the configuration, which has no JWT:
// only the user's own claims count.
[[nodiscard]] Result<JwtLogin> check_callout_user(const UserClaims& user,
                                                  std::string_view client_ip,
                                                  ConnectionType connection_type,
                                                  bool through_trusted_proxy, int64_t now);

}  // namespace midge
