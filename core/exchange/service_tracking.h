#pragma once
// Selects the requests to a service that are measured, and keeps their data
// (docs/protocol/system-events.md, Service latency).
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "event/service_latency.h"

namespace midge {

struct LatencyTerms {
    std::string subject;  // subject of the events in the exporter's account
    int sampling = 100;   // percent of the requests; 0: those with trace headers
    [[nodiscard]] bool operator==(const LatencyTerms&) const = default;
};

// A measured request without an answer yet.
struct TrackedRequest {
    std::string subject;
    ClientInfo requestor;
    HeaderValues trace;
    SteadyClock::time_point sent;
    WallNanos sent_at = 0;
};

// Returns null if this request is not to be measured. `header`: header of the request; `random`:
// any number.
[[nodiscard]] std::shared_ptr<const TrackedRequest> track(const LatencyTerms& terms,
                                                          std::string_view header,
                                                          const ClientInfo& requestor,
                                                          uint32_t random);
// Returns the event for a request without an answer.
[[nodiscard]] ServiceLatencyEvent failure(const TrackedRequest& request, LatencyStatus status);
// Returns the event for an answer that arrived at `answered`; it was passed on in the meantime.
[[nodiscard]] ServiceLatencyEvent success(const TrackedRequest& request, ClientInfo responder,
                                          SteadyClock::time_point answered);

}  // namespace midge
