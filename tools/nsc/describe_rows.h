#pragma once
// Groups of table rows that several types of claims have.
#include <cstdint>
#include <string>

#include "auth/claims.h"
#include "common/table.h"

namespace midge::tools {

[[nodiscard]] std::string yes_no(bool flag);
// Returns "1.5 kB", in powers of 1000.
[[nodiscard]] std::string bytes_text(int64_t bytes);
// Returns "Stream" or "Service".
[[nodiscard]] std::string type_text(ExportType type);

// `label`: for example "Account ID".
void add_standard_rows(Table& table, const char* label, const StandardClaims& claims,
                       const std::string& issuer_account, const std::vector<std::string>& tags);
void add_permission_rows(Table& table, const PermissionClaims& permissions);
void add_user_limit_rows(Table& table, const UserPermissionLimits& limits);

}  // namespace midge::tools
