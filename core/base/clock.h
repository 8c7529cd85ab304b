#pragma once
// Time: the wall's, with its texts as NATS prints them, and one that only goes on.
#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>

namespace midge {

// Nanoseconds since 1970 UTC.
using WallNanos = int64_t;

[[nodiscard]] WallNanos wall_now() noexcept;
// Seconds since 1970 UTC, the unit of JWT claims.
[[nodiscard]] int64_t wall_now_seconds() noexcept;
// For a timer about a token that is good up to and including its second `expires_at`: how long it
// should wait before it looks. An hour at most, as the wall's time may be set, and as a token may
// be good for longer than a timer can wait.
[[nodiscard]] std::chrono::milliseconds time_to_expiry(int64_t expires_at) noexcept;

// Goes on while the machine sleeps, as the time does that clients, tokens and limits are about.
struct SteadyClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<SteadyClock>;
    static constexpr bool is_steady = true;
    [[nodiscard]] static time_point now() noexcept;
};

// For tests: while it lives, both clocks are ahead by what it has been told. Reactors notice at
// their next turn. Any thread; one at a time.
class ClockShift {
  public:
    ClockShift() = default;
    ~ClockShift();
    ClockShift(const ClockShift&) = delete;
    ClockShift& operator=(const ClockShift&) = delete;
    void advance(std::chrono::nanoseconds by) noexcept;
};

// "2026-11-22T08:59:00.00577176Z": RFC 3339 in UTC with up to nine decimals, trailing zeros cut
// (Go's RFC3339Nano).
[[nodiscard]] std::string rfc3339_nano(WallNanos time);

// The zone of RFC 3339, "Z" or "+01:00", in which the calendar shows `local` at `seconds` since
// 1970 UTC. (strftime has its name instead on Windows.)
[[nodiscard]] std::string rfc3339_zone(const std::tm& local, int64_t seconds);

// "1h2m3.5s", "250ms", "542µs", "0s": Go's text of a duration in nanoseconds.
[[nodiscard]] std::string go_duration(int64_t nanos);

}  // namespace midge
