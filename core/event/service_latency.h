#pragma once
// The time that a service of an account needed for an answer (docs/protocol/system-events.md,
// Service latency).
#include <optional>
#include <string>

#include "event/events.h"
#include "event/header_values.h"

namespace midge {

inline constexpr std::string_view service_latency_type = "io.nats.server.metric.v1.service_latency";

enum class LatencyStatus {
    answered = 200,
    bad_request = 400,          // there was no reply subject
    request_timeout = 408,      // the requestor disconnected before the answer
    service_unavailable = 503,  // nobody serves
    service_timeout = 504,
};

// Times in nanoseconds.
struct ServiceLatencyEvent {
    EventHeader header;
    LatencyStatus status = LatencyStatus::answered;
    ClientInfo requestor;
    std::optional<ClientInfo> responder;  // only with an answer
    HeaderValues trace;                   // trace headers of the request, by canonical name
    WallNanos start = 0;        // when the requestor sent it, estimated by its round trip time
    int64_t service_nanos = 0;  // time of the service itself
    int64_t system_nanos = 0;   // time of the server
    int64_t total_nanos = 0;    // time that the requestor waited
};

[[nodiscard]] std::string to_json(const ServiceLatencyEvent& event);

}  // namespace midge
