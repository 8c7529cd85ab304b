#include "measure.h"

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "failure.h"

namespace midge::load {
namespace {

double seconds_of(const timespec& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

// Returns the sum of utime and stime in /proc/<pid>/stat, but in nanoseconds instead of ticks of 10
// ms.
double process_cpu_seconds(pid_t process) {
    clockid_t clock{};
    const int error = clock_getcpuclockid(process, &clock);
    timespec time{};
    if (error != 0 || clock_gettime(clock, &time) != 0) {
        if (error != 0) errno = error;
        throw system_failure("CPU time of process " + std::to_string(process));
    }
    return seconds_of(time);
}

double own_cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return seconds_of(time);
}

}  // namespace

Failure system_failure(const std::string& what) {
    return Failure(what + ": " + std::strerror(errno));
}

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

int64_t now_nanos() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

double thread_cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

void Report::add_text(std::string_view name, const std::string& number) {
    text_.append(text_.empty() ? "{\"" : ",\"").append(name).append("\":").append(number);
}

void Report::add(std::string_view name, double number) {
    char text[64];
    std::snprintf(text, sizeof text, "%.9g", number);
    add_text(name, text);
}

void Report::add(std::string_view name, uint64_t number) {
    add_text(name, std::to_string(number));
}

void Report::print() const {
    std::printf("%s}\n", text_.c_str());
    std::fflush(stdout);
}

Stopwatch::Stopwatch(pid_t server)
    : server_(server),
      begin_(Clock::now()),
      client_cpu_(own_cpu_seconds()),
      server_cpu_(server == 0 ? 0 : process_cpu_seconds(server)) {}

void Stopwatch::stop() {
    if (server_ != 0) server_cpu_ = process_cpu_seconds(server_) - server_cpu_;
    client_cpu_ = own_cpu_seconds() - client_cpu_;
    seconds_ = seconds_since(begin_);
}

void Stopwatch::report(Report& report) const {
    report.add("seconds", seconds_);
    report.add("client_cpu_seconds", client_cpu_);
    if (server_ != 0) report.add("server_cpu_seconds", server_cpu_);
}

void report_percentiles(Report& report, std::vector<uint32_t>& nanos) {
    std::sort(nanos.begin(), nanos.end());
    const auto at = [&](double share) {
        const auto index = static_cast<size_t>(share * static_cast<double>(nanos.size()));
        return nanos[std::min(index, nanos.size() - 1)] * 1e-3;
    };
    report.add("p50_us", at(0.5));
    report.add("p99_us", at(0.99));
    report.add("p999_us", at(0.999));
    report.add("max_us", nanos.back() * 1e-3);
}

}  // namespace midge::load
