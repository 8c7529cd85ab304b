#pragma once
// Entries "subject" or "subject queue" of permission lists.
#include <string_view>

namespace midge {

// Whether both parts are valid subjects (a queue may contain wildcard tokens), with one blank
// between them.
[[nodiscard]] bool is_valid_subject_entry(std::string_view entry) noexcept;

}  // namespace midge
