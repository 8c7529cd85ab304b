#include "monitor/page_text.h"

#include <fmt/format.h>

namespace midge {

std::string uptime_text(int64_t nanos) {
    constexpr int64_t minute = 60, hour = 60 * minute, day = 24 * hour, year = 365 * day;
    const int64_t all = std::max<int64_t>(nanos, 0) / 1'000'000'000;
    const int64_t years = all / year, days = all % year / day, hours = all % day / hour;
    const int64_t minutes = all % hour / minute, seconds = all % minute;
    if (years > 0) return fmt::format("{}y{}d{}h{}m{}s", years, days, hours, minutes, seconds);
    if (days > 0) return fmt::format("{}d{}h{}m{}s", days, hours, minutes, seconds);
    if (hours > 0) return fmt::format("{}h{}m{}s", hours, minutes, seconds);
    if (minutes > 0) return fmt::format("{}m{}s", minutes, seconds);
    return fmt::format("{}s", seconds);
}

void write_strings_oe(JsonWriter& out, std::string_view name,
                      const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    out.key(name).begin_array();
    for (const std::string& text : texts) out.value(text);
    out.end_array();
}

void begin_page(JsonWriter& out, std::string_view server_id, WallNanos now) {
    out.begin_object().field("server_id", server_id).field("now", rfc3339_nano(now));
}

}  // namespace midge
