#include "log_line.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <ctime>
#include <iterator>

namespace midge {
namespace {

struct Label {
    std::string_view name;
    std::string_view color;  // of a terminal
};

const Label& label_of(LogLevel level) {
    static constexpr std::array<Label, 6> labels = {{
        {"TRC", "33"},
        {"DBG", "36"},
        {"INF", "32"},
        {"WRN", "0;93"},
        {"ERR", "31"},
        {"FTL", "31"},
    }};
    return labels.at(static_cast<size_t>(level));
}

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7F) {
            out += c;
        } else if (c == '\t') {
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned>(byte));
        }
    }
}

}  // namespace

std::string log_line(const LogLineForm& form, LogLevel level, WallNanos time,
                     std::string_view text) {
    constexpr WallNanos nanos_per_second = 1'000'000'000;
    std::string out = fmt::format("[{}] ", form.process_id);
    if (form.time) {
        const auto seconds = static_cast<std::time_t>(time / nanos_per_second);
        const std::tm parts = form.utc ? fmt::gmtime(seconds) : fmt::localtime(seconds);
        fmt::format_to(std::back_inserter(out), "{:%Y/%m/%d %H:%M:%S}.{:06} ", parts,
                       time % nanos_per_second / 1000);
    }
    const Label& label = label_of(level);
    if (form.color) {
        fmt::format_to(std::back_inserter(out), "[\x1b[{}m{}\x1b[0m] ", label.color, label.name);
    } else {
        fmt::format_to(std::back_inserter(out), "[{}] ", label.name);
    }
    append_escaped(out, text);
    out += '\n';
    return out;
}

}  // namespace midge
