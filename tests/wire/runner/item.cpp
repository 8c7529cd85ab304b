#include "wire/runner/item.h"

#include <fmt/format.h>

#include <charconv>

namespace midge::wire {
namespace {

constexpr std::string_view crlf = "\r\n";
constexpr size_t printable_bytes_max = 600;
constexpr size_t printable_end_bytes = 60;

// Returns the payload size in a message line; no value for other lines.
std::optional<size_t> payload_size(std::string_view line) {
    if (!line.starts_with("MSG ") && !line.starts_with("HMSG ")) return std::nullopt;
    const std::string_view last = line.substr(line.rfind(' ') + 1);
    size_t size = 0;
    const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), size);
    if (error != std::errc() || end != last.data() + last.size()) return std::nullopt;
    return size;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\r')
            out += "\\r";
        else if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else if (c == '\\')
            out += "\\\\";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            out += fmt::format("\\x{:02x}", c);
        else
            out += c;
    }
    return out;
}

}  // namespace

std::optional<std::string> ItemReader::next() {
    const size_t line_end = buffer_.find(crlf);
    if (line_end == std::string::npos) return std::nullopt;
    std::string item = buffer_.substr(0, line_end);
    size_t taken = line_end + crlf.size();
    if (const auto size = payload_size(item)) {
        if (buffer_.size() - taken < *size + crlf.size()) return std::nullopt;
        if (*size > 0) item += ' ' + buffer_.substr(taken, *size);
        taken += *size;
        // A wrong end of the payload becomes a part of the item, so that no expected item matches
        // it.
        const std::string end = buffer_.substr(taken, crlf.size());
        if (end != crlf) item += "<payload ends in \"" + end + "\">";
        taken += crlf.size();
    }
    buffer_.erase(0, taken);
    return item;
}

std::string printable(std::string_view text) {
    if (text.size() <= printable_bytes_max) return escaped(text);
    return fmt::format("{} ...({} bytes)... {}",
                       escaped(text.substr(0, printable_bytes_max - printable_end_bytes)),
                       text.size(), escaped(text.substr(text.size() - printable_end_bytes)));
}

}  // namespace midge::wire
