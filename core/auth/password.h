#pragma once
// Plain and bcrypt passwords.
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

inline constexpr int bcrypt_cost_default = 11;
inline constexpr int bcrypt_cost_min = 4;
inline constexpr int bcrypt_cost_max = 31;
inline constexpr size_t bcrypt_password_bytes_max = 72;

// Whether the stored text is a bcrypt hash: "$2a$", "$2b$", "$2x$" or "$2y$", followed by two
// digits of cost.
[[nodiscard]] bool is_bcrypt(std::string_view stored) noexcept;

// Compares with a stored plain password in constant time, or with a bcrypt hash. The latter takes
// 2^cost rounds and should run on a worker thread. Usable from any thread.
[[nodiscard]] bool check_password(std::string_view stored, std::string_view offered);

// Returns "$2a$<cost>$...". Fails with Errc::invalid if the cost is not in bcrypt_cost_min..max, or
// if the password has more than 72 bytes or a NUL byte.
[[nodiscard]] Result<std::string> hash_password(std::string_view password,
                                                int cost = bcrypt_cost_default);

// Compares in a time that depends only on the length of `offered`.
[[nodiscard]] bool equal_secrets(std::string_view stored, std::string_view offered);

}  // namespace midge
