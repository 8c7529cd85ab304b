#pragma once
// A maximum number of actions per second.
#include <chrono>
#include <cstdint>
#include <mutex>
#include <utility>

#include "base/clock.h"

namespace midge {

// Counts actions in seconds of the steady clock, from the first action on. Safe from any thread.
class RateLimit {
  public:
    using Clock = SteadyClock;
    // Whether one more action is allowed now. Counts it in both cases.
    [[nodiscard]] bool take(uint64_t per_second_max, Clock::time_point now) {
        const std::lock_guard lock(mutex_);
        if (now - second_began_ >= std::chrono::seconds(1)) {
            taken_ = 0;
            second_began_ = now;
        }
        const bool allowed = taken_ < per_second_max;
        ++(allowed ? taken_ : refused_);
        return allowed;
    }
    // The number of actions that were refused since the last call.
    [[nodiscard]] uint64_t take_refused() {
        const std::lock_guard lock(mutex_);
        return std::exchange(refused_, 0);
    }

  private:
    std::mutex mutex_;  // guards what follows
    Clock::time_point second_began_{};
    uint64_t taken_ = 0;
    uint64_t refused_ = 0;
};

}  // namespace midge
