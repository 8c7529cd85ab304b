#pragma once
// Logins that must not work, each with the reason that the log gets.
#include <vector>

#include "unit/auth/login_world.h"

namespace midge::test {

struct BadLogin {
    const char* name;
    const char* reason;  // part of the error's text
    void (*spoil)(LoginWorld&);
};

// Refused for the token alone.
[[nodiscard]] const std::vector<BadLogin>& bad_tokens();
// Refused for the token together with the account, the operator, the signature or the client.
[[nodiscard]] const std::vector<BadLogin>& bad_decisions();

}  // namespace midge::test
