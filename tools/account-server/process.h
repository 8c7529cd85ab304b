#pragma once
// This process, as the system knows it.
namespace midge::tools {

enum class StopRequest { stop, restart };

// Makes the process wait for its signals in wait_for_stop_request() alone. To be called before any
// thread is started.
void prepare_stop_requests();
// Blocks until the process is asked to end (INT, TERM; Ctrl+C, console closed) or to start anew
// (HUP).
[[nodiscard]] StopRequest wait_for_stop_request();

}  // namespace midge::tools
