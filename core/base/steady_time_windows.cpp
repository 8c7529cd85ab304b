#include "base/steady_time.h"

namespace midge {

// steady_clock uses the performance counter, which continues while Windows sleeps.
std::chrono::nanoseconds steady_time() noexcept {
    return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace midge
