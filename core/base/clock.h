#pragma once
// The wall clock with the time formats of NATS, and a steady clock.
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
// Returns how long a timer should wait before it checks whether a token has expired. The token is
// valid up to and including the second `expires_at`. The result is at most one hour, because the
// wall clock may be set, and because a token may be valid for longer than a timer can wait.
[[nodiscard]] std::chrono::milliseconds time_to_expiry(int64_t expires_at) noexcept;

// A steady clock that also counts the time during which the machine sleeps, because the deadlines
// of clients, tokens and limits continue during that time.
struct SteadyClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<SteadyClock>;
    static constexpr bool is_steady = true;
    [[nodiscard]] static time_point now() noexcept;
};

// For tests: moves both clocks ahead by the sum of advance() for as long as the object exists.
// Reactors notice the change at their next turn. Usable from any thread, but only one object may
// exist at a time.
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

// Returns the time zone offset in the form of RFC 3339 ("Z" or "+01:00"), given the calendar time
// `local` of the moment `seconds` since 1970 UTC. strftime() is no use here: on Windows it gives
// the name of the zone.
[[nodiscard]] std::string rfc3339_zone(const std::tm& local, int64_t seconds);

// "1h2m3.5s", "250ms", "542µs", "0s": Go's text of a duration in nanoseconds.
[[nodiscard]] std::string go_duration(int64_t nanos);

}  // namespace midge
