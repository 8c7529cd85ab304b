#pragma once
// Asking every event loop.
#include <functional>
#include <memory>
#include <vector>

#include "connection/event_loop.h"

namespace midge {

using EventLoops = std::vector<std::unique_ptr<EventLoop>>;

// Runs `ask` once on each loop's thread, then `done` on that of the loop that was last; never
// within the call. A loop that ends first keeps `done` from being called. The loops must outlive
// it. Any thread.
void ask_loops(const EventLoops& loops, std::function<void(EventLoop& loop)> ask, Task done);

// The most connections that a loop is asked about in one turn, so that no message waits for longer.
constexpr size_t visits_per_turn = 4096;

// Runs `visit` for every connection that is open now, on its loop's thread, over as many turns as
// that takes; then `done`, as above. Connections that close meanwhile are passed over. Two such
// rounds may overlap: what must reach a connection in order is posted to each loop instead. Any
// thread.
void visit_connections(const EventLoops& loops,
                       std::function<void(EventLoop& loop, Connection&)> visit, Task done);

}  // namespace midge
