// Connections: the rate of logins, and the cost of idle connections.
#include <cstdio>
#include <iostream>

#include "cases.h"
#include "measure.h"
#include "storm.h"

namespace midge::load {
namespace {

constexpr int64_t logins_max = 10'000'000;
constexpr int64_t idle_max = 1'000'000;
constexpr size_t idle_logins_at_a_time = 32;

// Reports to the script, and waits for its line.
bool ready(int64_t connections) {
    std::printf("ready %lld\n", static_cast<long long>(connections));
    std::fflush(stdout);
    std::string line;
    return static_cast<bool>(std::getline(std::cin, line));
}

}  // namespace

void run_connect(Flags& flags) {
    const Server server = Server::from(flags);
    const int64_t count = flags.number("count", 5'000, 1, logins_max);
    const auto at_a_time = static_cast<size_t>(flags.number("at-a-time", 8, 1, 1000));
    flags.finish();

    Storm storm(server, at_a_time, false);
    Stopwatch watch(server.process);
    storm.run(count);
    watch.stop();
    Report report;
    watch.report(report);
    report.add("messages", static_cast<uint64_t>(count));
    report.add("connections_per_second", static_cast<double>(count) / watch.seconds());
    report.print();
}

// Prints "ready <n>" when --first connections exist. After a line on stdin, continues to --count
// and prints "ready <n>" again. Keeps the connections until another line is read or stdin is
// closed.
void run_idle(Flags& flags) {
    const Server server = Server::from(flags);
    const int64_t count = flags.number("count", 10'000, 1, idle_max);
    const int64_t first = flags.number("first", 1'000, 1, count);
    flags.finish();

    Storm storm(server, idle_logins_at_a_time, true);
    Stopwatch watch(server.process);
    storm.run(first);
    if (!ready(first)) return;
    storm.run(count - first);
    watch.stop();
    (void)ready(count);
    Report report;
    watch.report(report);
    report.add("messages", static_cast<uint64_t>(count));
    report.print();
}

}  // namespace midge::load
