#pragma once
// What this process takes of the machine: `mem`, `cores` and `cpu` of STATSZ and varz.
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>

#include "base/result.h"

namespace midge {

// Totals as the operating system counts them.
struct ProcessUsage {
    int64_t resident_bytes = 0;
    std::chrono::nanoseconds cpu_time{0};  // user and system, all threads
    std::chrono::nanoseconds at{0};        // steady clock
};

// process_usage_<system>.cpp. Fails when the system does not tell.
[[nodiscard]] Result<ProcessUsage> read_process_usage();

struct ProcessStats {
    int64_t resident_bytes = 0;
    int cores = 0;           // that this process may run on
    double cpu_percent = 0;  // of one core, in tenths: 150 means one and a half cores
};

// Turns totals into a rate. nats-server measures its load once a second; here a sample is taken
// when one is asked for, and kept for at least a second, so that frequent questions do not measure
// themselves. Owned by the broker, calls from any thread.
class ProcessSampler {
  public:
    using Reader = std::function<Result<ProcessUsage>()>;
    static constexpr std::chrono::seconds interval_min{1};

    explicit ProcessSampler(Reader reader = read_process_usage);

    // The load since the previous sample; 0 at first. What the system does not tell stays as it
    // was.
    [[nodiscard]] ProcessStats sample();

  private:
    Reader reader_;
    std::mutex mutex_;
    ProcessUsage previous_;
    ProcessStats stats_;
};

}  // namespace midge
