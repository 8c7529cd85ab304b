#pragma once
// What logins with and without a callout service have in common; for login.cpp and
// login_callout.cpp.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "auth/claims.h"
#include "login/login.h"

namespace midge {

[[nodiscard]] inline bool is_listed(const std::vector<std::string>& list, std::string_view entry) {
    return std::find(list.begin(), list.end(), entry) != list.end();
}

// Whether a service decides who may log in to the account.
[[nodiscard]] inline bool has_callout(const AccountClaims& account) noexcept {
    return !account.authorization.auth_users.empty();
}

// Users of a callout service's own account must not send it requests in the server's name.
void keep_from_asking(std::shared_ptr<const Permissions>& permissions);

// Of users without permissions of their own; null: everything is allowed.
[[nodiscard]] std::shared_ptr<const Permissions> default_permissions(const AccountClaims& account);

}  // namespace midge
