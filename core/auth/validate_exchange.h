#pragma once
// Checks of imports and exports; used only by validate_account.cpp.
#include "auth/claims.h"
#include "auth/validate_parts.h"

namespace midge {

// The most wildcard subjects of one list that are compared with all others. More are an issue,
// because the time of the comparison depends on their number.
inline constexpr size_t compared_wildcards_max = 1024;

void check_imports(const AccountClaims& claims, IssueList& issues);
void check_exports(const AccountClaims& claims, IssueList& issues);

}  // namespace midge
