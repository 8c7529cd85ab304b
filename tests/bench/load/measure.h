#pragma once
// Time, CPU time and percentiles, and the line of JSON with the results of a case.
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace midge::load {

using Clock = std::chrono::steady_clock;

[[nodiscard]] double seconds_since(Clock::time_point begin);
// Nanoseconds of the monotonic clock.
[[nodiscard]] int64_t now_nanos();
// Returns the user and system time of the calling thread.
[[nodiscard]] double thread_cpu_seconds();

// One line {"name":number,...} on stdout.
class Report {
  public:
    void add(std::string_view name, double number);
    void add(std::string_view name, uint64_t number);
    void print() const;

  private:
    void add_text(std::string_view name, const std::string& number);
    std::string text_;
};

// Wall clock and CPU time of the measured phase. The server's CPU time is read here and not by the
// script, so that it does not include logins and subscribing.
class Stopwatch {
  public:
    // Starts. `server`: the process whose CPU time is reported as well; 0: none.
    explicit Stopwatch(pid_t server);
    void stop();
    [[nodiscard]] double seconds() const { return seconds_; }
    // "seconds", "client_cpu_seconds", "server_cpu_seconds".
    void report(Report& report) const;

  private:
    pid_t server_;
    Clock::time_point begin_;
    double client_cpu_;
    double server_cpu_;
    double seconds_ = 0;
};

// Adds "p50_us", "p99_us", "p999_us" and "max_us". Sorts `nanos`. Requires: `nanos` is not empty.
void report_percentiles(Report& report, std::vector<uint32_t>& nanos);

}  // namespace midge::load
