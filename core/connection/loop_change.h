#pragma once
// Changing what all event loops go by, at one moment.
#include <chrono>
#include <functional>

#include "base/result.h"
#include "connection/loop_survey.h"

namespace midge {

// While loops have stopped for a change, no client is served. Those that have stopped wait so long
// for the others at most; then all go on, and it is tried again.
inline constexpr std::chrono::milliseconds loop_halt_max{100};
// One that has adapted waits so long at most for others with more connections.
inline constexpr std::chrono::milliseconds loop_adapt_max{1000};

// Every loop stops between two tasks. When all have stopped, `change` runs on the calling thread;
// then `adapt` runs on the thread of each loop, for its connections; when it has returned on all of
// them, they go on. So no loop does anything by the old state after another one did something by
// the new one, and whatever a loop reads that `change` alone writes needs no lock.
//
// Fails if not all loops can be stopped within `patience`, because one of them does not come to the
// end of a task; then `change` has not been called. Returns when `adapt` has returned everywhere.
// `change` must neither wait for a loop nor throw. One call at a time, not on a loop's thread; the
// loops run, and outlive the call.
[[nodiscard]] Result<> change_together(const EventLoops& loops, std::chrono::milliseconds patience,
                                       const std::function<void()>& change,
                                       std::function<void(EventLoop& loop)> adapt);

}  // namespace midge
