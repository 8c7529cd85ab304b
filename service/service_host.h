#pragma once
// The service control manager that may have started this process (service_host_windows.cpp). Other
// systems' managers need no more than service_notify.h: there everything here is for a process that
// stands alone.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/log.h"

namespace midge {

// Why the service did not start. On Windows the number is the service-specific exit code that `sc
// query` shows.
enum class StartFailure : uint32_t { configuration = 1, start = 2 };

// Gives what `run` gives. Started by the service control manager, `run` is on a thread of its own
// and the manager learns of start and end; otherwise it is called as it is. Call it once, from
// main().
[[nodiscard]] int run_hosted(const std::function<int()>& run);

// The process is a Windows service. Any thread.
[[nodiscard]] bool is_hosted() noexcept;

// Tells the manager, and its users in the Event Log, why the start failed; nothing if is_hosted()
// is false. Called at most once, before `run` ends.
void report_start_failure(StartFailure kind, const std::string& why);

// Writes a log line for which no log file was configured: to the Event Log if is_hosted(), else
// `line` to standard error. `line` is `text` as it stands in a log, with time and newline.
void write_unfiled_log(LogLevel level, std::string_view line, std::string_view text);

}  // namespace midge
