#pragma once
// Reads and writes claims as the JSON of a token; used only by jwt.cpp.
#include <string>

#include "auth/callout_claims.h"
#include "auth/claims.h"
#include "auth/generic_claims.h"
#include "base/json.h"
#include "base/result.h"

namespace midge {

// Members of a payload that are read before its type is known.
struct ClaimsIdentity {
    std::string type;
    int64_t version = 0;  // 1 if the type is at the top level
    std::string iss;
};
[[nodiscard]] Result<ClaimsIdentity> read_identity(const JsonObject& payload);

// Require: version is 1 or 2. The errors name the member that has a wrong type or is out of range.
[[nodiscard]] Result<OperatorClaims> read_operator(const JsonObject& payload, int version);
[[nodiscard]] Result<AccountClaims> read_account(const JsonObject& payload, int version);
[[nodiscard]] Result<UserClaims> read_user(const JsonObject& payload, int version);
[[nodiscard]] Result<ActivationClaims> read_activation(const JsonObject& payload, int version);
[[nodiscard]] Result<GenericClaims> read_generic(const JsonObject& payload);

// Returns the JSON of only the standard claims; its hash is the jti.
[[nodiscard]] std::string write_standard(const StandardClaims& claims);
// Return the whole payload, with the order and the omissions of the Go library.
[[nodiscard]] std::string write_payload(const OperatorClaims& claims);
[[nodiscard]] std::string write_payload(const AccountClaims& claims);
[[nodiscard]] std::string write_payload(const UserClaims& claims);
[[nodiscard]] std::string write_payload(const ActivationClaims& claims);
[[nodiscard]] std::string write_payload(const AuthorizationRequestClaims& claims);
[[nodiscard]] std::string write_payload(const GenericClaims& claims);

}  // namespace midge
