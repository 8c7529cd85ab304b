#pragma once
// Parts of claims that several types share; used only by claims_read.cpp and
// claims_read_account.cpp.
#include "auth/claims.h"
#include "auth/object_reader.h"

namespace midge {

void read_standard(ObjectReader& payload, StandardClaims& claims);
// Version 1 has these members beside the standard claims, version 2 in `nats`.
void read_common(ObjectReader& payload, ObjectReader& nats, int version, CommonClaims& claims);
[[nodiscard]] PermissionClaims read_permissions(ObjectReader& object);
// `absent_limit`: the value of a missing subs, data or payload.
[[nodiscard]] UserPermissionLimits read_user_limits(ObjectReader& object, int64_t absent_limit);
[[nodiscard]] ExportType read_export_type(ObjectReader& object, std::string_view name);

}  // namespace midge
