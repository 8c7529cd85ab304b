#pragma once
#include <chrono>
#include <string_view>

#include "base/result.h"

namespace midge::cli {

inline constexpr std::chrono::hours duration_max{24 * 366 * 10};

// Parses "300ms", "1m30s", "0.5s", "2d": numbers with the units ns us ms s m h d w, and "0". Fails
// for other texts and for more than duration_max.
[[nodiscard]] Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace midge::cli
