#pragma once
// What two subjects with wildcards have in common.
#include <optional>
#include <string>
#include <string_view>

namespace midge {

// The subject that matches what both of these valid subjects match: "a.*" and ">" give "a.*".
// Nothing: no literal subject is matched by both.
[[nodiscard]] std::optional<std::string> common_subject(std::string_view a, std::string_view b);

}  // namespace midge
