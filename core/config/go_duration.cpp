#include "config/go_duration.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace midge {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 8> units = {{
    {"ns", 1},
    {"us", 1e3},
    {"\xC2\xB5s", 1e3},  // micro sign
    {"\xCE\xBCs", 1e3},  // Greek mu
    {"ms", 1e6},
    {"s", 1e9},
    {"m", 60e9},
    {"h", 3600e9},
}};

constexpr bool is_decimal(char c) {
    return c >= '0' && c <= '9';
}

// Removes "3", "3.5" or ".5" from the front. Returns an empty text if there is no digit.
std::string_view take_number(std::string_view& text) {
    size_t size = 0;
    bool digits = false;
    for (bool point = false; size < text.size(); ++size) {
        if (is_decimal(text[size])) {
            digits = true;
        } else if (text[size] == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    const std::string_view number = text.substr(0, digits ? size : 0);
    text.remove_prefix(number.size());
    return number;
}

std::string_view take_unit(std::string_view& text) {
    size_t size = 0;
    while (size < text.size() && text[size] != '.' && !is_decimal(text[size])) ++size;
    const std::string_view unit = text.substr(0, size);
    text.remove_prefix(size);
    return unit;
}

// Quotes like Go's time package: bytes that are not printable ASCII appear as numbers.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<uint8_t>(c);
        if (byte < 0x20 || byte >= 0x80) {
            out += fmt::format("\\x{:02x}", byte);
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

double to_double(std::string_view number) {
    double value = 0;
    double place = 0;
    for (const char c : number) {
        if (c == '.') {
            place = 1;
            continue;
        }
        value = value * 10 + (c - '0');
        place *= 10;
    }
    return place > 0 ? value / place : value;
}

}  // namespace

Result<std::chrono::nanoseconds> parse_go_duration(std::string_view text) {
    const auto refuse = [&](std::string_view why) {
        return fail(Errc::invalid, fmt::format("time: {} duration {}", why, quoted(text)));
    };
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative || rest.starts_with('+')) rest.remove_prefix(1);
    if (rest == "0") return std::chrono::nanoseconds(0);
    if (rest.empty()) return refuse("invalid");
    double total = 0;
    while (!rest.empty()) {
        const std::string_view number = take_number(rest);
        if (number.empty()) return refuse("invalid");
        const std::string_view unit = take_unit(rest);
        if (unit.empty()) return refuse("missing unit in");
        double factor = 0;
        for (const auto& [name, nanos] : units) {
            if (name == unit) factor = nanos;
        }
        if (factor == 0) return refuse(fmt::format("unknown unit {} in", quoted(unit)));
        total += to_double(number) * factor;
    }
    if (total >= static_cast<double>(std::numeric_limits<int64_t>::max())) return refuse("invalid");
    const auto nanos = static_cast<int64_t>(std::llround(total));
    return std::chrono::nanoseconds(negative ? -nanos : nanos);
}

}  // namespace midge
