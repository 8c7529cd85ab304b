#include "config/read_seconds.h"

#include "config/go_duration.h"

namespace midge {
namespace {

constexpr double long_timeout_seconds = 60;
constexpr double timeout_seconds_max = 1e9;

}  // namespace

std::string shown(const ConfigValue& value) {
    return written_text(value);
}

std::optional<std::chrono::milliseconds> read_seconds(ConfigReader& reader,
                                                      const ConfigEntry& entry,
                                                      std::string_view block,
                                                      std::chrono::milliseconds usual,
                                                      LongTime longer) {
    double seconds = 0;
    if (const auto* number = entry.value.as<int64_t>()) {
        seconds = static_cast<double>(*number);
    } else if (const auto* real = entry.value.as<double>()) {
        seconds = *real;
    } else if (const auto* text = entry.value.as<std::string>()) {
        const auto parsed = parse_go_duration(*text);
        if (!parsed) {
            reader.error(entry.value.where,
                         fmt::format("{}, 'timeout' {}", block, parsed.error().text));
            return std::nullopt;
        }
        seconds = std::chrono::duration<double>(*parsed).count();
    } else {
        reader.error(entry.value.where, fmt::format("{}, 'timeout' wrong type", block));
        return std::nullopt;
    }
    if (seconds < 0 || seconds > timeout_seconds_max) {
        reader.own_error(entry.value.where, fmt::format("{} is {} seconds, expected 0..{}",
                                                        entry.key, seconds, timeout_seconds_max));
        return std::nullopt;
    }
    if (seconds > long_timeout_seconds && longer == LongTime::warned_of) {
        reader.warning(
            entry.value.where, entry.key,
            fmt::format("timeout of {} ({:.6f} seconds) is high, consider keeping it under 60 "
                        "seconds. possibly "
                        "caused by unquoted duration; use '1m' instead of 1m, for example",
                        shown(entry.value), seconds));
    }
    if (seconds == 0) return usual;
    return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

}  // namespace midge
