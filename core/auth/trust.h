#pragma once
// The operators whose accounts this server accepts: operator JWTs, or bare operator keys
// (docs/protocol/jwt-login.md, Trusted operators).
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "auth/claims.h"
#include "base/result.h"

namespace midge {

// Made at start and on reload, then immutable; threads share it by const reference or pointer.
class TrustedOperators {
  public:
    // Without operators: trusts nobody.
    TrustedOperators() = default;
    // At most one of the lists may be filled. The error names the entry (by position) that cannot
    // be decoded or is not self-signed, or the key that is not an operator's. Does not check the
    // `exp` of an operator (docs/protocol/jwt-login.md, Trusted operators).
    [[nodiscard]] static Result<TrustedOperators> from(
        const std::vector<std::string>& operator_jwts,
        const std::vector<std::string>& trusted_keys);

    [[nodiscard]] bool empty() const noexcept { return issuers_.empty(); }
    // Whether accounts issued by this key are accepted.
    [[nodiscard]] bool trusts(std::string_view issuer) const;
    // Whether users of an account issued by `issuer` must be signed by one of the account's signing
    // keys.
    [[nodiscard]] bool strict(std::string_view issuer) const;
    [[nodiscard]] const std::vector<OperatorClaims>& operators() const noexcept {
        return operators_;
    }

    // From the first operator that names one; empty if none does.
    std::string system_account;
    // From the first operator; empty if it names none.
    std::string account_server_url;
    // The first operator's strict_signing_key_usage.
    bool strict_signing_key_usage = false;

  private:
    std::vector<OperatorClaims> operators_;
    std::unordered_map<std::string, bool> issuers_;  // key -> strict
};

}  // namespace midge
