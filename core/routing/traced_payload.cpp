#include "routing/traced_payload.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/wire_error.h"

namespace midge {
namespace {

constexpr size_t header_end_bytes = 4;  // CRLF twice

}  // namespace

std::string traced_payload(const LogOptions& options, std::string_view body, size_t header_bytes) {
    std::string_view shown = body;
    if (options.trace_headers)
        shown = body.substr(0, header_bytes - std::min(header_bytes, header_end_bytes));
    if (shown.empty()) return {};
    const auto bytes_max = static_cast<size_t>(options.traced_message_bytes_max);
    if (bytes_max == 0 || shown.size() <= bytes_max)
        return fmt::format("MSG_PAYLOAD: [{}]", go_quote(shown));
    std::string cut = go_quote(shown.substr(0, bytes_max));
    cut.insert(cut.size() - 1, "...");
    return fmt::format("MSG_PAYLOAD: [{}]", cut);
}

}  // namespace midge
