#pragma once
// Claims with a free `nats` object (spec jwt-nkeys.md 2.7); apart from claims.h, which needs no
// JSON.
#include "auth/claims.h"
#include "base/json.h"

namespace midge {

// Any other type, and any type when its details do not matter.
struct GenericClaims : StandardClaims {
    JsonObject nats;  // never null after decoding; holds `type` and `version`
};

}  // namespace midge
