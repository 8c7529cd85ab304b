#pragma once
// Whether claims are valid, apart from their signature (docs/protocol/jwt.md).
#include <cstdint>
#include <string>
#include <vector>

#include "auth/claims.h"

namespace midge {

struct Issue {
    std::string description;
    bool blocking = false;    // the claims must not be used
    bool time_check = false;  // concerns exp or nbf; the result depends on the time
};

// `now`: seconds since 1970 UTC. The list is empty if the claims are valid.
[[nodiscard]] std::vector<Issue> validate(const OperatorClaims& claims, int64_t now);
[[nodiscard]] std::vector<Issue> validate(const AccountClaims& claims, int64_t now);
[[nodiscard]] std::vector<Issue> validate(const UserClaims& claims, int64_t now);
[[nodiscard]] std::vector<Issue> validate(const ActivationClaims& claims, int64_t now);

// Returns the parts of valid account claims that no server can apply. Claims with such parts should
// not be signed, stored or accepted as new. A server that already has them ignores these parts,
// like nats-server.
[[nodiscard]] std::vector<Issue> inapplicable(const AccountClaims& claims);

// Returns the first issue that is blocking, or, with `with_times`, a time check; null if there is
// none.
[[nodiscard]] const Issue* first_blocking(const std::vector<Issue>& issues, bool with_times);

}  // namespace midge
