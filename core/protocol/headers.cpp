#include "protocol/headers.h"

#include <algorithm>

#include "base/text.h"

namespace midge {
namespace {

constexpr std::string_view line_end = "\r\n";

bool is_line_of(std::string_view line, std::string_view name) {
    return line.starts_with(name) && line.substr(name.size()).starts_with(':');
}

}  // namespace

void each_header(std::string_view block,
                 const std::function<void(std::string_view name, std::string_view value)>& line) {
    bool first = true;
    while (!block.empty() && !block.starts_with(line_end)) {
        const std::string_view text = block.substr(0, block.find(line_end));
        block.remove_prefix(std::min(text.size() + line_end.size(), block.size()));
        const size_t colon = text.find(':');
        if (!first && colon != std::string_view::npos) {
            line(text.substr(0, colon), trim(text.substr(colon + 1)));
        }
        first = false;
    }
}

std::string first_header(std::string_view block, std::string_view name) {
    std::string found;
    each_header(block, [&](std::string_view other, std::string_view value) {
        if (found.empty() && other == name) found = value;
    });
    return found;
}

std::string canonical_header(std::string_view name) {
    std::string out = to_lower_ascii(name);
    bool begins = true;
    for (char& c : out) {
        if (begins && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        begins = c == '-';
    }
    return out;
}

std::string with_header(std::string_view block, std::string_view name, std::string_view value) {
    std::string out;
    out.reserve(block.size() + header_version.size() + name.size() + value.size() + 8);
    bool first = true;
    while (!block.empty() && !block.starts_with(line_end)) {
        const std::string_view line = block.substr(0, block.find(line_end));
        block.remove_prefix(std::min(line.size() + line_end.size(), block.size()));
        if (first || !is_line_of(line, name)) out.append(line).append(line_end);
        first = false;
    }
    if (first) out.append(header_version).append(line_end);
    out.append(name).append(": ").append(value).append(line_end).append(line_end);
    return out;
}

}  // namespace midge
