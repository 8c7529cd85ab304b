#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

#include "monitor/process_stats.h"

namespace midge {
namespace {

std::chrono::nanoseconds duration_of(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

Result<ProcessUsage> read_process_usage() {
    // getrusage() only knows the maximum of the resident set; statm has the current one, in pages.
    int64_t size_pages = 0;
    int64_t resident_pages = 0;
    std::ifstream statm("/proc/self/statm");
    if (!(statm >> size_pages >> resident_pages)) {
        return fail(Errc::unavailable, "/proc/self/statm: expected two numbers");
    }
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) != 0) return fail(Errc::unavailable, "getrusage failed");
    ProcessUsage out;
    out.resident_bytes = resident_pages * sysconf(_SC_PAGESIZE);
    out.cpu_time = duration_of(usage.ru_utime) + duration_of(usage.ru_stime);
    out.at = std::chrono::steady_clock::now().time_since_epoch();
    return out;
}

}  // namespace midge
