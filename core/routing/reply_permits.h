#pragma once
// The reply subjects to which a client may publish because it received a request
// (`allow_responses`).
#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "auth/permissions.h"
#include "base/clock.h"
#include "base/ref.h"
#include "subject/subject_index.h"

namespace midge {

// Shared by a session and its subscriptions: every loop may grant, and the session's loop uses
// permits.
class ReplyPermits : public RefCounted {
  public:
    // The most open permits. When they are reached, expired permits are removed; if none has
    // expired, new permits are refused.
    static constexpr size_t permits_max = 65'536;

    explicit ReplyPermits(ResponseLimits limits) : limits_(limits) {}
    void grant(std::string_view reply);
    // Returns whether a message may be published to `reply` now, and uses up one permit.
    [[nodiscard]] bool use(std::string_view reply);

  private:
    struct Permit {
        int64_t left = 0;  // negative: unlimited
        SteadyClock::time_point end;
    };
    void drop_ended();

    const ResponseLimits limits_;
    std::mutex mutex_;
    std::unordered_map<std::string, Permit, TextHash, std::equal_to<>> permits_;
};

}  // namespace midge
