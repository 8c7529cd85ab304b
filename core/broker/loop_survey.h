#pragma once
// Asking every event loop.
#include <functional>
#include <memory>
#include <vector>

#include "broker/event_loop.h"

namespace midge {

using EventLoops = std::vector<std::unique_ptr<EventLoop>>;

// Runs `ask` once on each loop's thread, then `done` on that of the loop that was last; never
// within the call. A loop that ends first keeps `done` from being called. The loops must outlive
// it. Any thread.
void ask_loops(const EventLoops& loops, std::function<void(EventLoop& loop)> ask, Task done);

// The most sessions that a loop is asked about in one turn, so that no message waits for longer.
constexpr size_t visits_per_turn = 4096;

// Runs `visit` for every client that is connected now, on its loop's thread, over as many turns as
// that takes; then `done`, as above. Clients that leave meanwhile are passed over. Two such rounds
// may overlap: what must reach a client in order is for Broker::for_each_session. Any thread.
void visit_sessions(const EventLoops& loops, std::function<void(EventLoop& loop, Session&)> visit,
                    Task done);

}  // namespace midge
