#include "auth/time_window.h"

#include <cctz/time_zone.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "auth/shown.h"

namespace midge {
namespace {

constexpr int seconds_per_minute = 60;
constexpr int seconds_per_hour = 3600;
constexpr int seconds_per_day = 86400;
constexpr size_t zone_name_max = 64;

// Only safe characters, because the name comes from a token and becomes a part of a path.
bool is_zone_name(const std::string& name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '_' || c == '-' || c == '+';
    };
    return !name.empty() && name.size() <= zone_name_max && name.front() != '/' &&
           std::all_of(name.begin(), name.end(), allowed);
}

std::optional<cctz::time_zone> find_zone(const std::string& name) {
    if (name.empty()) return cctz::local_time_zone();
    cctz::time_zone zone;
    if (!is_zone_name(name) || !cctz::load_time_zone(name, &zone)) return std::nullopt;
    return zone;
}

int second_of_day(const cctz::time_zone& zone, int64_t now) {
    const std::chrono::time_point<std::chrono::system_clock, cctz::seconds> at{cctz::seconds(now)};
    const cctz::civil_second local = zone.lookup(at).cs;
    return local.hour() * seconds_per_hour + local.minute() * seconds_per_minute + local.second();
}

}  // namespace

std::optional<int> parse_time_of_day(std::string_view text) {
    // "H:MM:SS" is accepted, too.
    if (text.size() == 7) return parse_time_of_day("0" + std::string(text));
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const auto two_digits = [&](size_t at, int limit) -> std::optional<int> {
        const char tens = text[at];
        const char ones = text[at + 1];
        if (tens < '0' || tens > '9' || ones < '0' || ones > '9') return std::nullopt;
        const int value = (tens - '0') * 10 + (ones - '0');
        return value < limit ? std::optional(value) : std::nullopt;
    };
    const auto hour = two_digits(0, 24);
    const auto minute = two_digits(3, 60);
    const auto second = two_digits(6, 60);
    if (!hour || !minute || !second) return std::nullopt;
    return *hour * seconds_per_hour + *minute * seconds_per_minute + *second;
}

bool is_time_zone(const std::string& name) {
    return find_zone(name).has_value();
}

Result<int64_t> window_end(const std::vector<TimeRange>& windows, const std::string& zone,
                           int64_t now) {
    if (windows.empty() && zone.empty()) return 0;
    const auto found = find_zone(zone);
    if (!found) return fail(Errc::denied, fmt::format("time zone {} is not known", shown(zone)));
    if (windows.empty()) return 0;
    const int here = second_of_day(*found, now);
    int64_t end_at = 0;
    for (const auto& window : windows) {
        const auto start = parse_time_of_day(window.start);
        const auto end = parse_time_of_day(window.end);
        if (!start || !end) return fail(Errc::denied, "a time window is not HH:MM:SS");
        const bool inside =
            *start <= *end ? here >= *start && here < *end : here >= *start || here < *end;
        if (!inside) continue;
        const int left = (*end - here + seconds_per_day) % seconds_per_day;
        end_at = std::max(end_at, now + left);
    }
    if (end_at == 0) return fail(Errc::denied, "connection outside the allowed times");
    return end_at;
}

}  // namespace midge
