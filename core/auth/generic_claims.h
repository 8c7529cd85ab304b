#pragma once
// Claims with a free `nats` object (spec jwt-nkeys.md 2.7); apart from claims.h, which needs no
// JSON.
#include "auth/claims.h"
#include "base/json.h"

namespace midge {

// Claims of any other type, or of any type if the details do not matter.
struct GenericClaims : StandardClaims {
    JsonObject nats;  // never null after decoding; contains `type` and `version`
};

}  // namespace midge
