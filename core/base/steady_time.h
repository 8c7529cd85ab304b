#pragma once
// The system's time since it started, its sleep included.
#include <chrono>

namespace midge {

[[nodiscard]] std::chrono::nanoseconds steady_time() noexcept;

}  // namespace midge
