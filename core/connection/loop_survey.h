#pragma once
// Functions that run something on every event loop.
#include <functional>
#include <memory>
#include <vector>

#include "connection/event_loop.h"

namespace midge {

using EventLoops = std::vector<std::unique_ptr<EventLoop>>;

// Runs `ask` once on the thread of each loop, then `done` on the thread of the last of them; never
// within the call. If a loop ends before, `done` is not called. The loops must outlive the call of
// `done`. Any thread.
void ask_loops(const EventLoops& loops, std::function<void(EventLoop& loop)> ask, Task done);

// The maximum number of connections that a loop visits in one turn, because messages wait
// meanwhile.
constexpr size_t visits_per_turn = 256;

// Runs `visit` for every connection that is open now, on the thread of its loop and in as many
// turns as necessary; then `done`, as above. Connections that close meanwhile are left out. Two
// such surveys may overlap; post changes that must reach connections in order to each loop instead.
// Any thread.
void visit_connections(const EventLoops& loops,
                       std::function<void(EventLoop& loop, Connection&)> visit, Task done);

}  // namespace midge
