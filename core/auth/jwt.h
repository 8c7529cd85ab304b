#pragma once
// Converts tokens to claims and back (docs/protocol/jwt.md, Tokens). Pure functions, usable from
// any thread.
#include <string>
#include <string_view>

#include "auth/claims.h"
#include "auth/nkey.h"
#include "base/result.h"

namespace midge {

struct AuthorizationRequestClaims;  // auth/callout_claims.h
struct GenericClaims;               // auth/generic_claims.h

inline constexpr size_t token_bytes_max = 1024 * 1024;
inline constexpr std::string_view algorithm_v1 = "ed25519";
inline constexpr std::string_view algorithm_v2 = "ed25519-nkey";

// Each takes a bare token (not decorated). Checks its size, structure, header and version, the
// signature by the key named in `iss`, and that such a key may issue this type. Requires: the
// caller checks that the issuer is trusted, and the times (validate.h, jwt_login.h). Fails with
// Errc::invalid and the texts of docs/protocol/jwt.md, Tokens; for a token of another type, "not
// account claim" and the like.
[[nodiscard]] Result<OperatorClaims> decode_operator(std::string_view token);
[[nodiscard]] Result<AccountClaims> decode_account(std::string_view token);
[[nodiscard]] Result<UserClaims> decode_user(std::string_view token);
[[nodiscard]] Result<ActivationClaims> decode_activation(std::string_view token);
// Accepts every type. The algorithm in the header determines how the signature is checked.
[[nodiscard]] Result<GenericClaims> decode_generic(std::string_view token);

// The payload as its issuer would write it: compact JSON, with the order and the omissions of the
// Go library.
[[nodiscard]] std::string payload_json(const OperatorClaims& claims);
[[nodiscard]] std::string payload_json(const AccountClaims& claims);

// Returns "operator", "account", "user", "activation", or another type that the token states. Does
// not verify the signature.
[[nodiscard]] Result<std::string> claim_type(std::string_view token);

// Returns a v2 token signed by `issuer`, with iat, iss, jti, type and version set, and with members
// in the order of the Go library. Fails with Errc::invalid if the kind of the subject or the issuer
// does not fit the claims (docs/protocol/jwt.md, Tokens).
[[nodiscard]] Result<std::string> encode(const OperatorClaims& claims, const KeyPair& issuer,
                                         int64_t now_seconds);
[[nodiscard]] Result<std::string> encode(const AccountClaims& claims, const KeyPair& issuer,
                                         int64_t now_seconds);
[[nodiscard]] Result<std::string> encode(const UserClaims& claims, const KeyPair& issuer,
                                         int64_t now_seconds);
[[nodiscard]] Result<std::string> encode(const ActivationClaims& claims, const KeyPair& issuer,
                                         int64_t now_seconds);
[[nodiscard]] Result<std::string> encode(const AuthorizationRequestClaims& claims,
                                         const KeyPair& issuer, int64_t now_seconds);
[[nodiscard]] Result<std::string> encode(const GenericClaims& claims, const KeyPair& issuer,
                                         int64_t now_seconds);

// Returns the claims as JSON text. Makes the same checks as decode_generic.
[[nodiscard]] Result<std::string> claims_json(std::string_view token);

}  // namespace midge
