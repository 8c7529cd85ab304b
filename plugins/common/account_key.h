#pragma once
// Account keys by their form.
#include <algorithm>
#include <string_view>

namespace midge {

inline constexpr size_t account_key_size = 56;

// "A" and 55 of A-Z and 2-7: enough to make it safe as a file name and in a URL. The checksum is
// core's to know.
[[nodiscard]] inline bool has_account_key_form(std::string_view text) noexcept {
    return text.size() == account_key_size && text.front() == 'A' &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); });
}

}  // namespace midge
