#pragma once
// White space as defined by Unicode, which has more than ASCII's blanks and line ends.
#include <string_view>
#include <vector>

namespace midge {

// Returns the size in bytes of the white space character at the start of `text` (UTF-8), or 0 if
// `text` starts with another character.
[[nodiscard]] size_t white_space_size(std::string_view text) noexcept;
// Returns the parts of `text` between white space.
[[nodiscard]] std::vector<std::string_view> words(std::string_view text);
// Returns `text` without white space at both ends.
[[nodiscard]] std::string_view strip_white_space(std::string_view text);

}  // namespace midge
