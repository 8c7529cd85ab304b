#pragma once
// The service control manager that may have started this process (service_host_windows.cpp). On
// other systems, service_notify.h is enough, and the functions here treat the process as started
// without a manager.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/log.h"

namespace midge {

// The reason why the service did not start. On Windows the number is the service-specific exit code
// that `sc query` shows.
enum class StartFailure : uint32_t { configuration = 1, start = 2 };

// Calls `run` and returns its result. If the service control manager has started the process, `run`
// is called on a separate thread and the manager learns about start and end. Requires: called once,
// from main().
[[nodiscard]] int run_hosted(const std::function<int()>& run);

// Whether the process is a Windows service. Any thread.
[[nodiscard]] bool is_hosted() noexcept;

// Reports the reason of a failed start to the manager, and to its users in the Event Log; does
// nothing if is_hosted() is false. Requires: called at most once, before `run` ends.
void report_start_failure(StartFailure kind, const std::string& why);

// Writes a log line if no log file is configured: to the Event Log if is_hosted(), or else `line`
// to standard error. `line` is `text` in the format of a log, with time and newline.
void write_unfiled_log(LogLevel level, std::string_view line, std::string_view text);

}  // namespace midge
