#pragma once
// The form of account keys.
#include <algorithm>
#include <string_view>

namespace midge {

inline constexpr size_t account_key_size = 56;

// Whether the text is "A" and 55 characters of A-Z and 2-7, and thus safe in a file name and a URL.
// Does not check the checksum; core does that.
[[nodiscard]] inline bool has_account_key_form(std::string_view text) noexcept {
    return text.size() == account_key_size && text.front() == 'A' &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); });
}

}  // namespace midge
