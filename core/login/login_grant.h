#pragma once
// What comes of a login.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "account/account.h"
#include "auth/claims.h"
#include "auth/permissions.h"
#include "base/close_reason.h"

namespace midge {

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

// How a login was judged.
struct LoginCase {
    Account* callout = nullptr;  // where a service was asked; null: none was
    CloseReason reason = CloseReason::authentication_failure;  // if it failed
    // If it failed: of the JWT that the client has shown; empty: none could be read.
    std::string user_key;
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

}  // namespace midge
