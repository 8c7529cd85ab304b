#pragma once
// Wall time, and its texts as NATS prints them.
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

// "2026-11-22T08:59:00.00577176Z": RFC 3339 in UTC with up to nine decimals, trailing zeros cut
// (Go's RFC3339Nano).
[[nodiscard]] std::string rfc3339_nano(WallNanos time);

// The zone of RFC 3339, "Z" or "+01:00", in which the calendar shows `local` at `seconds` since
// 1970 UTC. (strftime has its name instead on Windows.)
[[nodiscard]] std::string rfc3339_zone(const std::tm& local, int64_t seconds);

// "1h2m3.5s", "250ms", "542µs", "0s": Go's text of a duration in nanoseconds.
[[nodiscard]] std::string go_duration(int64_t nanos);

}  // namespace midge
