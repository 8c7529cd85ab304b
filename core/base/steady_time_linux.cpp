#include <ctime>

#include "base/steady_time.h"

namespace midge {

std::chrono::nanoseconds steady_time() noexcept {
    // CLOCK_MONOTONIC would stop while the machine sleeps.
    timespec time{};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace midge
