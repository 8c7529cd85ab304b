#pragma once
// Nkeys for tests, made from names: the same name gives the same key in every run and in every
// program, so that configs, tokens and logins agree without files. Written from
// docs/protocol/jwt.md, Keys, and not with core/auth, which these keys test.
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge::test {

class TestKey {
  public:
    // `name` is "<kind>/<any text>"; the kind is operator, account or user. Fails for another kind.
    [[nodiscard]] static Result<TestKey> named(std::string_view name);

    // "O...", "A..." or "U...": 56 characters.
    [[nodiscard]] std::string public_key() const;
    // "SO...", "SA..." or "SU...": 58 characters.
    [[nodiscard]] std::string seed() const;
    // Ed25519, 64 bytes.
    [[nodiscard]] std::string sign(std::string_view bytes) const;
    // "operator", "account" or "user".
    [[nodiscard]] const std::string& kind() const { return kind_; }

  private:
    TestKey() = default;

    std::string kind_;
    unsigned char prefix_ = 0;
    std::string seed_bytes_;
    std::string public_bytes_;
    std::string secret_bytes_;
};

}  // namespace midge::test
