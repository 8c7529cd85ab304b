#include "base/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "base/steady_time.h"

namespace midge {
namespace {

// The sum of ClockShift::advance(), 0 outside tests. An atomic, because a lock would cost every
// reader of the clock.
std::atomic<int64_t> shift_nanos{0};

constexpr int64_t nanos_per_second = 1'000'000'000;

// The fraction with `digits` decimals, without trailing zeros; empty if only zeros remain.
std::string trimmed_fraction(int64_t value, int digits) {
    std::string text = fmt::format(".{:0{}}", value, digits);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text;
}

}  // namespace

WallNanos wall_now() noexcept {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
               .count() +
           shift_nanos.load(std::memory_order_relaxed);
}

SteadyClock::time_point SteadyClock::now() noexcept {
    return time_point(steady_time() + duration(shift_nanos.load(std::memory_order_relaxed)));
}

ClockShift::~ClockShift() {
    shift_nanos.store(0);
}

void ClockShift::advance(std::chrono::nanoseconds by) noexcept {
    shift_nanos.fetch_add(by.count());
}

int64_t wall_now_seconds() noexcept {
    return wall_now() / nanos_per_second;
}

std::chrono::milliseconds time_to_expiry(int64_t expires_at) noexcept {
    constexpr int64_t seconds_max = 3600;
    const WallNanos now = wall_now();
    if (expires_at < now / nanos_per_second) return std::chrono::milliseconds::zero();
    const int64_t seconds = std::min(expires_at - now / nanos_per_second, seconds_max);
    return std::chrono::ceil<std::chrono::milliseconds>(
        std::chrono::nanoseconds((seconds + 1) * nanos_per_second - now % nanos_per_second));
}

std::string rfc3339_nano(WallNanos time) {
    using namespace std::chrono;
    const sys_time<nanoseconds> point{nanoseconds{time}};
    const auto day = floor<days>(point);
    const year_month_day date{day};
    const hh_mm_ss<nanoseconds> clock{point - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       trimmed_fraction(clock.subseconds().count(), 9));
}

std::string rfc3339_zone(const std::tm& local, int64_t seconds) {
    using namespace std::chrono;
    const year_month_day date{year{local.tm_year + 1900},
                              month{static_cast<unsigned>(local.tm_mon + 1)},
                              day{static_cast<unsigned>(local.tm_mday)}};
    const sys_seconds shown = sys_days{date} + hours{local.tm_hour} + minutes{local.tm_min} +
                              std::chrono::seconds{local.tm_sec};
    const int64_t offset = (shown.time_since_epoch().count() - seconds) / 60;
    if (offset == 0) return "Z";
    const int64_t size = offset < 0 ? -offset : offset;
    return fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', size / 60, size % 60);
}

std::string go_duration(int64_t nanos) {
    if (nanos == 0) return "0s";
    const bool negative = nanos < 0;
    // Unsigned, because the absolute value of the smallest int64_t does not fit into an int64_t.
    const uint64_t n = negative ? 0 - static_cast<uint64_t>(nanos) : static_cast<uint64_t>(nanos);
    const std::string sign = negative ? "-" : "";
    if (n < 1'000) return fmt::format("{}{}ns", sign, n);
    if (n < 1'000'000) {
        return fmt::format("{}{}{}µs", sign, n / 1'000,
                           trimmed_fraction(static_cast<int64_t>(n % 1'000), 3));
    }
    if (n < 1'000'000'000) {
        return fmt::format("{}{}{}ms", sign, n / 1'000'000,
                           trimmed_fraction(static_cast<int64_t>(n % 1'000'000), 6));
    }
    const uint64_t seconds = n / 1'000'000'000;
    std::string out = sign;
    if (seconds >= 3600) out += fmt::format("{}h", seconds / 3600);
    if (seconds >= 60) out += fmt::format("{}m", seconds / 60 % 60);
    out += fmt::format("{}{}s", seconds % 60,
                       trimmed_fraction(static_cast<int64_t>(n % 1'000'000'000), 9));
    return out;
}

}  // namespace midge
