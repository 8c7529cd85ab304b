#pragma once
// Templates of scoped signing keys (docs/protocol/jwt-login.md, Templates); used only by
// jwt_login.cpp.
#include <string>
#include <vector>

#include "auth/claims.h"
#include "base/result.h"

namespace midge {

// The most subjects that one entry may expand to.
inline constexpr size_t template_expansions_max = 4096;

struct ExpandedTemplate {
    UserPermissionLimits limits;
    std::vector<std::string> left_out;  // quoted allow entries that could not be expanded
};

// Returns the template with "{{name()}}", "{{subject()}}", "{{account-name()}}",
// "{{account-subject()}}", "{{tag(x)}}" and "{{account-tag(x)}}" replaced in its subjects. Several
// tags of a name give several entries. An allow entry is dropped if a value is missing, contains
// white space or a wildcard (the person who names users must not be able to widen the template), or
// makes the subject invalid. If all allow entries are dropped, everything is denied. Fails if such
// a value is in a deny entry, if a function is unknown, and if there are more than
// template_expansions_max entries.
[[nodiscard]] Result<ExpandedTemplate> expand_template(const UserPermissionLimits& limits,
                                                       const UserClaims& user,
                                                       const AccountClaims& account);

}  // namespace midge
