#pragma once
// Groups of rows that several claims have.
#include <cstdint>
#include <string>

#include "auth/claims.h"
#include "common/table.h"

namespace midge::tools {

[[nodiscard]] std::string yes_no(bool flag);
// "1.5 kB", in powers of 1000.
[[nodiscard]] std::string bytes_text(int64_t bytes);
// "Stream", "Service".
[[nodiscard]] std::string type_text(ExportType type);

// `label`: "Account ID" and the like.
void add_standard_rows(Table& table, const char* label, const StandardClaims& claims,
                       const std::string& issuer_account, const std::vector<std::string>& tags);
void add_permission_rows(Table& table, const PermissionClaims& permissions);
void add_user_limit_rows(Table& table, const UserPermissionLimits& limits);

}  // namespace midge::tools
