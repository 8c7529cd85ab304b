#pragma once
// The intersection of two subjects with wildcards.
#include <optional>
#include <string>
#include <string_view>

namespace midge {

// Returns the subject that matches exactly the subjects that both of these valid subjects match:
// "a.*" and ">" give "a.*". Returns no value if there is no such subject.
[[nodiscard]] std::optional<std::string> common_subject(std::string_view a, std::string_view b);

}  // namespace midge
