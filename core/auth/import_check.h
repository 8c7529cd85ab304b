#pragma once
// Whether an account is allowed to import (docs/protocol/jwt.md, Imports, Exports, Activations).
#include <cstdint>
#include <string>

#include "auth/claims.h"

namespace midge {

// Returns the subject in the exporting account. For a service with the deprecated `to`, the two
// subjects have changed places.
[[nodiscard]] std::string exported_subject(const Import& import);
// Returns the subject in the importing account. References to wildcards are "*" or "$1".
[[nodiscard]] std::string local_subject(const Import& import);

struct ImportVerdict {
    // The matching export of the exporter's claims; null: not authorized.
    const Export* exported = nullptr;
    int64_t until = 0;  // seconds since 1970 UTC at which the activation expires; 0: never
};

// The export with exactly this subject decides, or else any export that contains it. It may be
// public, be meant for the account that a token of the subject names, or require an activation
// token that is neither expired nor revoked. `now`: seconds since 1970 UTC.
[[nodiscard]] ImportVerdict judge_import(const std::string& importer, const Import& import,
                                         const AccountClaims& exporter, int64_t now);

}  // namespace midge
