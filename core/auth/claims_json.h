#pragma once
// Claims from and to the JSON of a token; used by jwt.cpp only.
#include <string>

#include "auth/callout_claims.h"
#include "auth/claims.h"
#include "auth/generic_claims.h"
#include "base/json.h"
#include "base/result.h"

namespace midge {

// What a payload says about itself before its type is known.
struct ClaimsIdentity {
    std::string type;
    int64_t version = 0;  // 1 if the type is at the top level
    std::string iss;
};
[[nodiscard]] Result<ClaimsIdentity> read_identity(const JsonObject& payload);

// Require: version is 1 or 2. Fail naming the member that is of a wrong type or out of range.
[[nodiscard]] Result<OperatorClaims> read_operator(const JsonObject& payload, int version);
[[nodiscard]] Result<AccountClaims> read_account(const JsonObject& payload, int version);
[[nodiscard]] Result<UserClaims> read_user(const JsonObject& payload, int version);
[[nodiscard]] Result<ActivationClaims> read_activation(const JsonObject& payload, int version);
[[nodiscard]] Result<GenericClaims> read_generic(const JsonObject& payload);

// The JSON of the standard claims alone, which jti is the hash of.
[[nodiscard]] std::string write_standard(const StandardClaims& claims);
// The whole payload, in the order and with the omissions of the Go library.
[[nodiscard]] std::string write_payload(const OperatorClaims& claims);
[[nodiscard]] std::string write_payload(const AccountClaims& claims);
[[nodiscard]] std::string write_payload(const UserClaims& claims);
[[nodiscard]] std::string write_payload(const ActivationClaims& claims);
[[nodiscard]] std::string write_payload(const AuthorizationRequestClaims& claims);
[[nodiscard]] std::string write_payload(const GenericClaims& claims);

}  // namespace midge
