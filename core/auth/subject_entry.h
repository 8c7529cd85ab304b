#pragma once
// "subject" or "subject queue", as the lists of permissions hold them.
#include <string_view>

namespace midge {

// Both parts are valid subjects (a queue may hold wildcard tokens), with one blank between them.
[[nodiscard]] bool is_valid_subject_entry(std::string_view entry) noexcept;

}  // namespace midge
