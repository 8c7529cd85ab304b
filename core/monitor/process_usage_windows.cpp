// <psapi.h> needs <windows.h> before it.
// clang-format off
#include <windows.h>
#include <psapi.h>
// clang-format on

#include "base/windows_text.h"
#include "monitor/process_stats.h"

namespace midge {
namespace {

std::chrono::nanoseconds duration_of(const FILETIME& time) {
    constexpr int64_t nanos_per_unit = 100;
    const auto units =
        static_cast<int64_t>(uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime);
    return std::chrono::nanoseconds(units * nanos_per_unit);
}

}  // namespace

Result<ProcessUsage> read_process_usage() {
    PROCESS_MEMORY_COUNTERS memory{};
    if (::K32GetProcessMemoryInfo(::GetCurrentProcess(), &memory, sizeof memory) == 0) {
        return fail(Errc::unavailable,
                    "GetProcessMemoryInfo: " + windows_error_text(::GetLastError()));
    }
    FILETIME created{};
    FILETIME exited{};
    FILETIME kernel{};
    FILETIME user{};
    if (::GetProcessTimes(::GetCurrentProcess(), &created, &exited, &kernel, &user) == 0) {
        return fail(Errc::unavailable, "GetProcessTimes: " + windows_error_text(::GetLastError()));
    }
    ProcessUsage out;
    out.resident_bytes = static_cast<int64_t>(memory.WorkingSetSize);
    out.cpu_time = duration_of(kernel) + duration_of(user);
    out.at = std::chrono::steady_clock::now().time_since_epoch();
    return out;
}

}  // namespace midge
