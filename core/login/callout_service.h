#pragma once
// Services that decide about logins: which one is asked, what it is told, and what its answers are
// worth (docs/protocol/jwt.md, Auth callout).
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/callout_claims.h"
#include "auth/claims.h"
#include "auth/connection_type.h"
#include "auth/permissions.h"
#include "base/result.h"
#include "login/login_request.h"

namespace midge {

class Account;

[[nodiscard]] inline bool is_listed(const std::vector<std::string>& list, std::string_view entry) {
    return std::find(list.begin(), list.end(), entry) != list.end();
}

// The service that decides about one login: that of the configuration, or that of an account with
// a JWT.
struct CalloutService {
    Account* account = nullptr;  // where it listens
    std::string issuer;          // whose answer is expected
    std::string xkey;            // requests are sealed for it; empty: they are not
    // Those of the account when the login was judged by them; null: the configuration decides.
    std::shared_ptr<const AccountClaims> claims = nullptr;

    // Whether answers that are signed with this key count.
    [[nodiscard]] bool signs_with(std::string_view key) const;
    // Whether it may let users into the account with this key. Only with `claims`.
    [[nodiscard]] Result<> check_target(const std::string& account_key) const;
};

// The service of the account that has to be asked about a user with a JWT; nothing: none.
[[nodiscard]] std::optional<CalloutService> find_callout_service(Account& account,
                                                                 const UserClaims& user);

// What a service is told of the client; `offered`: who that says it is.
[[nodiscard]] AuthorizationRequestClaims make_callout_claims(const LoginRequest& request,
                                                             std::string offered,
                                                             ConnectionType type);

// Users of a callout service's own account must not send it requests in the server's name.
void keep_from_asking(std::shared_ptr<const Permissions>& permissions);
// The same for users of an account whose logins a service decides.
void keep_from_asking(std::shared_ptr<const Permissions>& permissions,
                      const AccountClaims& account);

// Of users without permissions of their own; null: everything is allowed.
[[nodiscard]] std::shared_ptr<const Permissions> default_permissions(const AccountClaims& account);

}  // namespace midge
