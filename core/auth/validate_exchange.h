#pragma once
// What accounts exchange; used by validate_account.cpp only.
#include "auth/claims.h"
#include "auth/validate_parts.h"

namespace midge {

// Wildcard subjects of one list that are compared with all others; more are an issue, because the
// comparison takes time by their number.
inline constexpr size_t compared_wildcards_max = 1024;

void check_imports(const AccountClaims& claims, IssueList& issues);
void check_exports(const AccountClaims& claims, IssueList& issues);

}  // namespace midge
