#pragma once
#include <chrono>
#include <string_view>

#include "base/result.h"

namespace midge {

// Parses Go's form of a duration: "1h2m3.5s", "250ms", "-1s", "0", with the units ns us µs ms s m
// h. Fails with Go's texts: `time: missing unit in duration "5"`.
[[nodiscard]] Result<std::chrono::nanoseconds> parse_go_duration(std::string_view text);

}  // namespace midge
