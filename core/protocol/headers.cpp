#include "protocol/headers.h"

#include <algorithm>

namespace midge {
namespace {

constexpr std::string_view line_end = "\r\n";

bool is_line_of(std::string_view line, std::string_view name) {
    return line.starts_with(name) && line.substr(name.size()).starts_with(':');
}

}  // namespace

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
