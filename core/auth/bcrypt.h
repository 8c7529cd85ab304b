#pragma once
// bcrypt from the operating system; used only by password.cpp.
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// Requires: `stored` is a bcrypt hash (is_bcrypt), `password` has at most 72 bytes and no NUL.
[[nodiscard]] bool bcrypt_matches(std::string_view stored, std::string_view password);
[[nodiscard]] Result<std::string> bcrypt_hash(std::string_view password, int cost);

}  // namespace midge
