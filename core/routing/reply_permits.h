#pragma once
// Which reply subjects a client may publish to because it received a request (`allow_responses`).
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

// Shared by a session and its subscriptions: any loop grants, the session's loop uses.
class ReplyPermits : public RefCounted {
  public:
    // More open permits than this, and the oldest ones past their time are dropped; if none is, new
    // ones are refused.
    static constexpr size_t permits_max = 65'536;

    explicit ReplyPermits(ResponseLimits limits) : limits_(limits) {}
    void grant(std::string_view reply);
    // Whether a message may be published to `reply` now; uses one up.
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
