#include "config/read_client_limits.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <utility>

#include "base/clock.h"

namespace midge {
namespace {

using Limits = ClientLimitOptions;

constexpr std::array<std::pair<std::string_view, int Limits::*>, 5> counts = {{
    {"connections_per_user", &Limits::connections_per_user},
    {"connections_per_ip", &Limits::connections_per_ip},
    {"messages_per_second_per_user", &Limits::messages_per_second_per_user},
    {"messages_per_second_per_ip", &Limits::messages_per_second_per_ip},
    {"failed_logins_per_minute", &Limits::failed_logins_per_minute},
}};

void read_ban_duration(ConfigReader& reader, const ConfigEntry& entry, Limits& limits) {
    constexpr auto least = std::chrono::seconds(1);
    constexpr auto most = std::chrono::hours(24 * 365);
    const auto value = reader.written_duration(entry);
    if (!value) return;
    if (*value < least || *value > most) {
        reader.own_error(
            entry.value.where,
            fmt::format("ban_duration is {}, expected {}..{}", go_duration(value->count()),
                        go_duration(std::chrono::nanoseconds(least).count()),
                        go_duration(std::chrono::nanoseconds(most).count())));
        return;
    }
    limits.ban_duration = std::chrono::ceil<std::chrono::milliseconds>(*value);
}

}  // namespace

void read_client_limits(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const ConfigMap* const map = reader.map(entry.value);
    if (map == nullptr) return;
    Limits limits;
    reader.each_entry(*map, [&](const std::string& key, const ConfigEntry& inner) {
        if (key == "ban_duration") {
            read_ban_duration(reader, inner, limits);
            return true;
        }
        for (const auto& [name, member] : counts) {
            if (key != name) continue;
            const auto value = reader.integer(inner, 0, std::numeric_limits<int>::max());
            if (value) limits.*member = static_cast<int>(*value);
            return true;
        }
        return false;
    });
    options.client_limits = limits;
}

}  // namespace midge
