#pragma once
// CPU time and memory of this process: `mem`, `cores` and `cpu` of STATSZ and varz.
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>

#include "base/result.h"

namespace midge {

// Totals from the operating system.
struct ProcessUsage {
    int64_t resident_bytes = 0;
    std::chrono::nanoseconds cpu_time{0};  // user and system, all threads
    std::chrono::nanoseconds at{0};        // steady clock
};

// Implemented in process_usage_<system>.cpp. Fails if the system does not tell.
[[nodiscard]] Result<ProcessUsage> read_process_usage();

struct ProcessStats {
    int64_t resident_bytes = 0;
    int cores = 0;           // number of cores that this process may use
    double cpu_percent = 0;  // of one core, in tenths: 150 means one and a half cores
};

// Turns totals into a rate. nats-server measures its load once a second. This class measures when
// it is asked, and keeps the result for at least a second, so that frequent questions do not
// measure their own load. Owned by the broker; usable from any thread.
class ProcessSampler {
  public:
    using Reader = std::function<Result<ProcessUsage>()>;
    static constexpr std::chrono::seconds interval_min{1};

    explicit ProcessSampler(Reader reader = read_process_usage);

    // Returns the load since the previous sample, 0 at first. Values that the system does not tell
    // keep their previous value.
    [[nodiscard]] ProcessStats sample();

  private:
    Reader reader_;
    std::mutex mutex_;
    ProcessUsage previous_;
    ProcessStats stats_;
};

}  // namespace midge
