#pragma once
// JWTs for tests, valid and invalid. Written from docs/protocol/jwt.md, Tokens, and not with
// core/auth, which these tokens test: any claims are signed.
#include <cstdint>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "support/test_key.h"

namespace midge::test {

enum class JwtForm {
    v1,  // `type` beside `nats`; the signature covers the payload
    v2,  // `nats.type`, `nats.version`; the signature covers header and payload
};

// Makes a token for `subject`, signed by `signer`. The claims are those that tools write for a new
// operator, account or user (everything allowed), issued at `now` (unix seconds), modified by
// `changes`: members are replaced, objects are merged, null removes a member. `changes` may state a
// wrong issuer. Fails if a merged member has the wrong type.
[[nodiscard]] Result<std::string> mint_jwt(const TestKey& subject, const TestKey& signer,
                                           const JsonObject& changes, JwtForm form, int64_t now);

}  // namespace midge::test
