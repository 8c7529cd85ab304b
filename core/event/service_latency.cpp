#include "event/service_latency.h"

#include "base/json_writer.h"

namespace midge {
namespace {

std::string_view description(LatencyStatus status) {
    switch (status) {
        case LatencyStatus::answered:
            return {};
        case LatencyStatus::bad_request:
            return "Bad Request";
        case LatencyStatus::request_timeout:
            return "Request Timeout";
        case LatencyStatus::service_unavailable:
            return "Service Unavailable";
        case LatencyStatus::service_timeout:
            return "Service Timeout";
    }
    return {};
}

}  // namespace

std::string to_json(const ServiceLatencyEvent& event) {
    JsonWriter out;
    out.begin_object().field("type", service_latency_type).field("id", event.header.id);
    out.field("timestamp", rfc3339_nano(event.header.timestamp));
    out.field("status", static_cast<int>(event.status));
    out.field_oe("description", description(event.status)).key("requestor");
    write_json(out, event.requestor);
    if (event.responder) write_json(out.key("responder"), *event.responder);
    if (!event.trace.empty()) write_json(out.key("header"), event.trace);
    out.field("start", rfc3339_nano(event.start)).field("service", event.service_nanos);
    return out.field("system", event.system_nanos)
        .field("total", event.total_nanos)
        .end_object()
        .take();
}

}  // namespace midge
