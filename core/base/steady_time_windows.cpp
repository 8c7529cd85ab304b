#include "base/steady_time.h"

namespace midge {

// The performance counter behind it goes on while Windows sleeps.
std::chrono::nanoseconds steady_time() noexcept {
    return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace midge
