#include "duration.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace midge::cli {
namespace {

struct Unit {
    std::string_view name;
    double nanos;
};
// "ms" before "m", because the longer name has priority.
constexpr std::array units{Unit{"ns", 1},     Unit{"us", 1e3},    Unit{"µs", 1e3},
                           Unit{"ms", 1e6},   Unit{"s", 1e9},     Unit{"m", 60e9},
                           Unit{"h", 3600e9}, Unit{"d", 86400e9}, Unit{"w", 604800e9}};

const Unit* unit_at(std::string_view text) {
    for (const Unit& unit : units) {
        if (text.starts_with(unit.name)) return &unit;
    }
    return nullptr;
}

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    const auto invalid = [text] {
        return fail(Errc::invalid,
                    fmt::format("invalid duration \"{}\", expected e.g. 300ms, 5s, 1m30s", text));
    };
    if (text == "0") return std::chrono::nanoseconds(0);
    if (text.empty()) return invalid();
    double sum = 0;
    for (std::string_view rest = text; !rest.empty();) {
        double number = 0;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number,
                                                  std::chars_format::fixed);
        if (error != std::errc() || number < 0) return invalid();
        rest.remove_prefix(static_cast<size_t>(end - rest.data()));
        const Unit* unit = unit_at(rest);
        if (unit == nullptr) return invalid();
        rest.remove_prefix(unit->name.size());
        sum += number * unit->nanos;
    }
    using Nanos = std::chrono::nanoseconds;
    if (sum > static_cast<double>(Nanos(duration_max).count())) return invalid();
    return Nanos(static_cast<int64_t>(sum));
}

}  // namespace midge::cli
