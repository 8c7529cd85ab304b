#pragma once
// Returns the time since the system started, including the time during which it slept.
#include <chrono>

namespace midge {

[[nodiscard]] std::chrono::nanoseconds steady_time() noexcept;

}  // namespace midge
