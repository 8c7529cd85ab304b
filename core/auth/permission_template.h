#pragma once
// Templates of scoped signing keys (spec jwt-nkeys.md 5, step 9); used by jwt_login.cpp only.
#include <string>
#include <vector>

#include "auth/claims.h"
#include "base/result.h"

namespace midge {

// Subjects that one entry may expand to.
inline constexpr size_t template_expansions_max = 4096;

struct ExpandedTemplate {
    UserPermissionLimits limits;
    std::vector<std::string> left_out;  // entries that allow and could not be filled in, quoted
};

// The template with "{{name()}}", "{{subject()}}", "{{account-name()}}", "{{account-subject()}}",
// "{{tag(x)}}" and "{{account-tag(x)}}" replaced in its subjects. Several tags of a name give
// several entries. A value that is missing, or that holds white space or a wildcard (whoever may
// name users must not be able to widen the template), or that makes an invalid subject, drops an
// allow entry; when all are dropped, everything is denied. Fails if that happens in a deny entry,
// on an unknown function, and over template_expansions_max.
[[nodiscard]] Result<ExpandedTemplate> expand_template(const UserPermissionLimits& limits,
                                                       const UserClaims& user,
                                                       const AccountClaims& account);

}  // namespace midge
