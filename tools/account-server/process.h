#pragma once
// Requests of the system to this process.
namespace midge::tools {

enum class StopRequest { stop, restart };

// Makes the process receive its signals only in wait_for_stop_request(). Requires: called before
// any thread is started.
void prepare_stop_requests();
// Blocks until the process is asked to stop (INT, TERM; Ctrl+C, console closed) or to restart
// (HUP).
[[nodiscard]] StopRequest wait_for_stop_request();

}  // namespace midge::tools
