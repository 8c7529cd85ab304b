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

// Whether the stored text is a bcrypt hash: "$2a$", "$2b$", "$2x$" or "$2y$" and two digits of
// cost.
[[nodiscard]] bool is_bcrypt(std::string_view stored) noexcept;

// Compares with a stored plain password in constant time, or with a bcrypt hash, which takes 2^cost
// rounds: run that on a worker thread. Safe from any thread.
[[nodiscard]] bool check_password(std::string_view stored, std::string_view offered);

// "$2a$<cost>$...". Fails with Errc::invalid on a cost outside bcrypt_cost_min..max, on a password
// over 72 bytes and on one with a NUL byte.
[[nodiscard]] Result<std::string> hash_password(std::string_view password,
                                                int cost = bcrypt_cost_default);

// Takes time by the length of `offered` only.
[[nodiscard]] bool equal_secrets(std::string_view stored, std::string_view offered);

}  // namespace midge
