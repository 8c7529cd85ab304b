#pragma once
// White space as Unicode has it, which is more than ASCII's blanks and line ends.
#include <string_view>
#include <vector>

namespace midge {

// How many bytes the white space character, as Unicode has it, takes that `text` (UTF-8) begins
// with; 0 when it begins with something else.
[[nodiscard]] size_t white_space_size(std::string_view text) noexcept;
// What stands between white space.
[[nodiscard]] std::vector<std::string_view> words(std::string_view text);
// Without white space at both ends.
[[nodiscard]] std::string_view strip_white_space(std::string_view text);

}  // namespace midge
