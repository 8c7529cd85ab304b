#include "exchange/service_tracking.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "protocol/headers.h"
#include "routing/trace_request.h"

namespace midge {
namespace {

constexpr uint32_t percent = 100;

int64_t nanos(SteadyClock::duration time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
}

const std::string* first_value(const HeaderValues& headers, const std::string& name) {
    const auto found = headers.find(name);
    return found == headers.end() ? nullptr : &found->second.front();
}

// Whether the lowest bit of one or two hexadecimal digits is set.
bool is_odd_hex(std::string_view digits) {
    unsigned value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    return error == std::errc() && end == digits.data() + digits.size() && value % 2 == 1;
}

bool samples_uber(std::string_view id) {
    const auto parts = split(id, ':');
    return parts.size() == 4 && !parts[3].empty() && parts[3].size() <= 2 && is_odd_hex(parts[3]);
}

bool samples_b3(std::string_view value) {
    const auto parts = split(value, '-');
    return !(parts.size() > 2 && parts[2] == "0") && !(parts.size() == 1 && parts[0] == "0");
}

HeaderValues only(const HeaderValues& all, std::initializer_list<const char*> names,
                  std::string_view prefix = {}) {
    HeaderValues out;
    for (const auto& [name, values] : all) {
        const bool named = std::find(names.begin(), names.end(), name) != names.end();
        if (named || (!prefix.empty() && name.starts_with(prefix))) out.emplace(name, values);
    }
    return out;
}

// Returns the headers of a sampled trace, or no value if there is none. Looks for the forms in
// nats-server's order: Jaeger, Zipkin, Zipkin's single header, W3C.
std::optional<HeaderValues> sampled_trace(std::string_view header) {
    HeaderValues all;
    each_header(header, [&all](std::string_view name, std::string_view value) {
        all[canonical_header(name)].emplace_back(value);
    });
    const auto when = [](bool sampled, HeaderValues headers) {
        return sampled ? std::optional(std::move(headers)) : std::nullopt;
    };
    if (const auto* id = first_value(all, "Uber-Trace-Id")) {
        return when(samples_uber(*id), only(all, {"Uber-Trace-Id"}, "Uberctx-"));
    }
    const auto* const decision = first_value(all, "X-B3-Sampled");
    const bool decided = decision != nullptr && (*decision == "0" || *decision == "1");
    if (decided || all.contains("X-B3-Traceid")) {
        return when(!decided || *decision == "1", only(all, {"X-B3-Traceid", "X-B3-Spanid",
                                                             "X-B3-Parentspanid", "X-B3-Sampled"}));
    }
    if (const auto* b3 = first_value(all, "B3")) return when(samples_b3(*b3), only(all, {"B3"}));
    if (const auto* parent = first_value(all, "Traceparent")) {
        return when(is_sampled_trace_context(*parent), only(all, {"Traceparent", "Tracestate"}));
    }
    return std::nullopt;
}

}  // namespace

std::shared_ptr<const TrackedRequest> track(const LatencyTerms& terms, std::string_view header,
                                            const ClientInfo& requestor, uint32_t random) {
    HeaderValues trace;
    if (terms.sampling == 0) {
        auto sampled = sampled_trace(header);
        if (!sampled) return nullptr;
        trace = std::move(*sampled);
    } else if (random % percent >= static_cast<uint32_t>(terms.sampling)) {
        return nullptr;
    }
    return std::make_shared<const TrackedRequest>(
        TrackedRequest{terms.subject, requestor, std::move(trace), SteadyClock::now(), wall_now()});
}

ServiceLatencyEvent failure(const TrackedRequest& request, LatencyStatus status) {
    ServiceLatencyEvent event;
    event.header = EventHeader::make();
    event.status = status;
    event.requestor = request.requestor;
    event.trace = request.trace;
    event.start = request.sent_at - request.requestor.rtt_nanos;
    return event;
}

ServiceLatencyEvent success(const TrackedRequest& request, ClientInfo responder,
                            SteadyClock::time_point answered) {
    ServiceLatencyEvent event = failure(request, LatencyStatus::answered);
    const int64_t away = nanos(answered - request.sent);
    event.service_nanos = std::max<int64_t>(away - responder.rtt_nanos, 0);
    event.total_nanos = request.requestor.rtt_nanos + away;
    if (responder.rtt_nanos > 0) {
        event.system_nanos = nanos(SteadyClock::now() - answered);
        event.total_nanos += event.system_nanos;
    }
    event.responder = std::move(responder);
    return event;
}

}  // namespace midge
