#pragma once
// Claims with any `nats` object (docs/protocol/jwt.md, Generic tokens). A separate header, because
// claims.h needs no JSON.
#include "auth/claims.h"
#include "base/json.h"

namespace midge {

// Claims of any other type, or of any type if the details do not matter.
struct GenericClaims : StandardClaims {
    JsonObject nats;  // never null after decoding; contains `type` and `version`
};

}  // namespace midge
