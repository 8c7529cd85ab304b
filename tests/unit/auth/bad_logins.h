#pragma once
// Logins that must fail, each with the reason that is logged.
#include <vector>

#include "unit/auth/login_world.h"

namespace midge::test {

struct BadLogin {
    const char* name;
    const char* reason;  // part of the error's text
    void (*spoil)(LoginWorld&);
};

// Logins that are refused because of the token alone.
[[nodiscard]] const std::vector<BadLogin>& bad_tokens();
// Logins that are refused because of the token together with the account, the operator, the
// signature or the client.
[[nodiscard]] const std::vector<BadLogin>& bad_decisions();

}  // namespace midge::test
