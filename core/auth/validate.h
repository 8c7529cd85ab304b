#pragma once
// Whether claims make sense, beyond their signature (spec jwt-nkeys.md 2.1 to 2.5).
#include <cstdint>
#include <string>
#include <vector>

#include "auth/claims.h"

namespace midge {

struct Issue {
    std::string description;
    bool blocking = false;    // the claims must not be used
    bool time_check = false;  // about exp or nbf; may pass later, or has passed before
};

// `now`: seconds since 1970 UTC. An empty list: nothing to object to.
[[nodiscard]] std::vector<Issue> validate(const OperatorClaims& claims, int64_t now);
[[nodiscard]] std::vector<Issue> validate(const AccountClaims& claims, int64_t now);
[[nodiscard]] std::vector<Issue> validate(const UserClaims& claims, int64_t now);
[[nodiscard]] std::vector<Issue> validate(const ActivationClaims& claims, int64_t now);

// What of an account's claims, valid as they are, no server could apply. Whoever signs or takes new
// claims refuses them for it; a server that has them already leaves out that part, as nats-server
// does.
[[nodiscard]] std::vector<Issue> inapplicable(const AccountClaims& claims);

// The first issue that is blocking or, with `with_times`, a time check; null if none.
[[nodiscard]] const Issue* first_blocking(const std::vector<Issue>& issues, bool with_times);

}  // namespace midge
