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
// Length in bytes, 1 to 4, of the UTF-8 sequence that `text` begins with; 0 when there is none:
// `text` is empty, or the sequence is malformed, overlong, a surrogate or beyond U+10FFFF.
[[nodiscard]] size_t utf8_length(std::string_view text) noexcept;
// Overwrites the bytes in a way that the compiler keeps; for seeds and passwords.
void wipe(std::string& secret) noexcept;

}  // namespace midge
