#include "routing/trace_request.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "protocol/headers.h"

namespace midge {
namespace {

constexpr std::string_view first_line = "NATS/1.0\r\n";
constexpr std::string_view line_end = "\r\n";
constexpr std::string_view trace_context_header = "traceparent";
constexpr uint32_t sampling_all = 100;

// As in nats-server, ignores lines without end, without name or without value.
HeaderValues read_values(std::string_view header) {
    HeaderValues values;
    each_header(header.substr(0, header.rfind(line_end)),
                [&](std::string_view name, std::string_view value) {
                    if (!name.empty() && !value.empty())
                        values[std::string(name)].emplace_back(value);
                });
    return values;
}

bool is_sampled(const HeaderValues& header) {
    return std::any_of(header.begin(), header.end(), [](const auto& entry) {
        const auto& [name, values] = entry;
        return equals_ignore_case(name, trace_context_header) &&
               std::any_of(values.begin(), values.end(), is_sampled_trace_context);
    });
}

bool asks_for_no_delivery(const HeaderValues& header) {
    constexpr std::array<std::string_view, 3> yes{"1", "true", "on"};
    const auto found = header.find("Nats-Trace-Only");
    return found != header.end() && std::any_of(yes.begin(), yes.end(), [&](std::string_view word) {
               return equals_ignore_case(found->second.front(), word);
           });
}

}  // namespace

bool is_sampled_trace_context(std::string_view parent) {
    constexpr size_t parts_count = 4, flags_size = 2;
    const auto parts = split(parent, '-');
    if (parts.size() != parts_count || parts.back().size() != flags_size) return false;
    const std::string_view flags = parts.back();
    // Signed, so that the flags of a future version with the high bit set do not count as sampled.
    int8_t value = 0;
    const auto [end, error] = std::from_chars(flags.data(), flags.data() + flags.size(), value, 16);
    return error == std::errc() && end == flags.data() + flags.size() && value % 2 == 1;
}

std::optional<TraceRequest> read_trace_request(std::string_view header,
                                               const AccountTrace* of_account, uint32_t random) {
    if (!header.starts_with(first_line)) return std::nullopt;
    TraceRequest request;
    request.header = read_values(header);
    const auto named = request.header.find(std::string(trace_destination_header));
    if (named != request.header.end()) {
        request.destination = named->second.front();
        if (request.destination == trace_disabled) return std::nullopt;
        request.only = asks_for_no_delivery(request.header);
    } else {
        if (of_account == nullptr || !is_sampled(request.header)) return std::nullopt;
        if (random % sampling_all >= static_cast<uint32_t>(of_account->sampling))
            return std::nullopt;
        request.destination = of_account->destination;
    }
    return request;
}

}  // namespace midge
