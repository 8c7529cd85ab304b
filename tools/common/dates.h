#pragma once
#include <cstdint>
#include <string>

namespace midge::tools {

// Returns seconds since 1970 as "2026-11-22 10:00:00 UTC"; an empty text for 0, and the number
// itself if the year does not have four digits.
[[nodiscard]] std::string date_text(int64_t seconds);

}  // namespace midge::tools
