#pragma once
// Whether an account may have what it imports (spec jwt-nkeys.md 2.3, 2.5 and 6).
#include <cstdint>
#include <string>

#include "auth/claims.h"

namespace midge {

// Of the account that exports. The deprecated `to` of a service turns its subjects round.
[[nodiscard]] std::string exported_subject(const Import& import);
// Of the account that imports; references to wildcards are "*" or "$1".
[[nodiscard]] std::string local_subject(const Import& import);

struct ImportVerdict {
    const Export* exported = nullptr;  // of the exporter's claims; null: not authorized
    int64_t until = 0;  // seconds since 1970 UTC at which the activation has expired; 0: no end
};

// An export of just this subject decides, else any that contains it: public, for the account that a
// token of the subject names, or for whoever has an activation token that is neither expired nor
// revoked. `now`: seconds since 1970 UTC.
[[nodiscard]] ImportVerdict judge_import(const std::string& importer, const Import& import,
                                         const AccountClaims& exporter, int64_t now);

}  // namespace midge
