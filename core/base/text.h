#pragma once
// Small text helpers that several folders need.
#include <string>
#include <string_view>
#include <vector>

namespace midge {

[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] bool equals_ignore_case(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;
// Between separators; an empty text gives one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// Overwrites the bytes in a way that the compiler keeps; for seeds and passwords.
void wipe(std::string& secret) noexcept;

}  // namespace midge
