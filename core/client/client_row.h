#pragma once
// A client on the monitoring page CONNZ.
#include "monitor/connz.h"

namespace midge {

class Session;

// The time that the rows of a page refer to, on both clocks.
struct PageTime {
    WallNanos wall = wall_now();
    SteadyClock::time_point steady = SteadyClock::now();
};

// All functions: the thread of the client's loop.
[[nodiscard]] ConnectionFigures client_figures(const Session& session, const PageTime& now);
[[nodiscard]] ConnectionRow client_row(const Session& session, const ConnectionView& view,
                                       const PageTime& now);
// At most `max` of its subscriptions.
[[nodiscard]] std::vector<SubscriptionRow> subscription_rows(const Session& session, size_t max);

}  // namespace midge
