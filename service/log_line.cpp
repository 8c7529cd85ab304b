#include "log_line.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>
#include <variant>

#include "base/json_writer.h"

namespace midge {
namespace {

constexpr WallNanos nanos_per_second = 1'000'000'000;

struct Label {
    std::string_view name;
    std::string_view color;  // of a terminal
    std::string_view json_name;
};

const Label& label_of(LogLevel level) {
    static constexpr std::array<Label, 6> labels = {{
        {"TRC", "33", "trace"},
        {"DBG", "36", "debug"},
        {"INF", "32", "info"},
        {"WRN", "0;93", "warn"},
        {"ERR", "31", "error"},
        {"FTL", "31", "fatal"},
    }};
    return labels.at(static_cast<size_t>(level));
}

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte >= 0x20 && byte != 0x7F) || c == '\t') {
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

std::string json_line(const LogLineForm& form, LogLevel level, WallNanos time,
                      const LogEntry& entry) {
    JsonWriter json;
    json.begin_object();
    if (form.time) json.field("time", iso_time(time, form.utc, true));
    json.field("level", label_of(level).json_name).field("pid", form.process_id);
    json.field("text", entry.text.substr(std::min(entry.prefix_bytes, entry.text.size())));
    for (const auto& [name, value] : entry.fields.all())
        std::visit([&, &key = name](const auto& v) { json.field(key, v); }, value);
    return json.end_object().take();
}

std::tm calendar(WallNanos time, bool utc) {
    const auto seconds = static_cast<std::time_t>(time / nanos_per_second);
    return utc ? fmt::gmtime(seconds) : fmt::localtime(seconds);
}

}  // namespace

std::string iso_time(WallNanos time, bool utc, bool with_micros) {
    const std::tm parts = calendar(time, utc);
    std::string out = fmt::format("{:%Y-%m-%dT%H:%M:%S}", parts);
    if (with_micros) out += fmt::format(".{:06}", time % nanos_per_second / 1000);
    return out + (utc ? "Z" : rfc3339_zone(parts, time / nanos_per_second));
}

std::string log_text(const LogLineForm& form, LogLevel level, WallNanos time,
                     const LogEntry& entry) {
    if (form.json) return json_line(form, level, time, entry);
    std::string out;
    append_escaped(out, entry.text);
    return out;
}

std::string log_line(const LogLineForm& form, LogLevel level, WallNanos time,
                     std::string_view text) {
    return log_line(form, level, time, LogEntry{text, 0, LogFields()});
}

std::string log_line(const LogLineForm& form, LogLevel level, WallNanos time,
                     const LogEntry& entry) {
    if (form.json) return json_line(form, level, time, entry) + '\n';
    std::string out = fmt::format("[{}] ", form.process_id);
    if (form.time) {
        fmt::format_to(std::back_inserter(out), "{:%Y/%m/%d %H:%M:%S}.{:06} ",
                       calendar(time, form.utc), time % nanos_per_second / 1000);
    }
    const Label& label = label_of(level);
    if (form.color) {
        fmt::format_to(std::back_inserter(out), "[\x1b[{}m{}\x1b[0m] ", label.color, label.name);
    } else {
        fmt::format_to(std::back_inserter(out), "[{}] ", label.name);
    }
    append_escaped(out, entry.text);
    out += '\n';
    return out;
}

}  // namespace midge
