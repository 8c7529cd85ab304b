#pragma once
// Which requests to a service are measured, and what is known of one (spec system-events.md 7).
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "event/service_latency.h"

namespace midge {

struct LatencyTerms {
    std::string subject;  // where the events go, in the exporter's account
    int sampling = 100;   // percent of the requests; 0: those with headers of a trace
    [[nodiscard]] bool operator==(const LatencyTerms&) const = default;
};

// A request under way.
struct TrackedRequest {
    std::string subject;
    ClientInfo requestor;
    HeaderValues trace;
    SteadyClock::time_point sent;
    WallNanos sent_at = 0;
};

// Nothing: it is not one of those to be measured. `header`: of the request; `random`: any number.
[[nodiscard]] std::shared_ptr<const TrackedRequest> track(const LatencyTerms& terms,
                                                          std::string_view header,
                                                          const ClientInfo& requestor,
                                                          uint32_t random);
// The event about a request without an answer.
[[nodiscard]] ServiceLatencyEvent failure(const TrackedRequest& request, LatencyStatus status);
// The event about an answer, which came at `answered` and has been passed on since.
[[nodiscard]] ServiceLatencyEvent success(const TrackedRequest& request, ClientInfo responder,
                                          SteadyClock::time_point answered);

}  // namespace midge
