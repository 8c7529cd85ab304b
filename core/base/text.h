#pragma once
// Small text helpers that several folders need.
#include <string>
#include <string_view>
#include <vector>

namespace midge {

[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] bool equals_ignore_case(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;
// Returns the parts between separators. An empty text gives one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// Returns the length in bytes (1 to 4) of the UTF-8 sequence at the start of `text`. Returns 0 if
// `text` is empty, or if the sequence is malformed, overlong, a surrogate or beyond U+10FFFF.
[[nodiscard]] size_t utf8_length(std::string_view text) noexcept;
// Overwrites the bytes in a way that the compiler does not optimise away. For seeds and passwords.
void wipe(std::string& secret) noexcept;

}  // namespace midge
