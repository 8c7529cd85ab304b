#pragma once
// So many things per second, and no more.
#include <chrono>
#include <cstdint>
#include <mutex>

#include "base/clock.h"

namespace midge {

// Counts in seconds of the steady clock, from the first thing on. Safe from any thread.
class RateLimit {
  public:
    using Clock = SteadyClock;
    struct Verdict {
        bool allowed = false;
        // Refused in the seconds before this one and not told yet: something for the log.
        uint64_t refused_before = 0;
    };

    [[nodiscard]] Verdict take(uint64_t per_second_max, Clock::time_point now) {
        const std::lock_guard lock(mutex_);
        Verdict out;
        if (now - second_began_ >= std::chrono::seconds(1)) {
            out.refused_before = refused_;
            refused_ = taken_ = 0;
            second_began_ = now;
        }
        out.allowed = taken_ < per_second_max;
        ++(out.allowed ? taken_ : refused_);
        return out;
    }

  private:
    std::mutex mutex_;  // guards what follows
    Clock::time_point second_began_{};
    uint64_t taken_ = 0;
    uint64_t refused_ = 0;
};

}  // namespace midge
