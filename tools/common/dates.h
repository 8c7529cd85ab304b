#pragma once
#include <cstdint>
#include <string>

namespace midge::tools {

// "2026-11-22 10:00:00 UTC" of seconds since 1970; empty for 0, the number itself outside years
// with four digits.
[[nodiscard]] std::string date_text(int64_t seconds);

}  // namespace midge::tools
