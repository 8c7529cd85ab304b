// bench_load: loads a NATS server over loopback, and prints its measurements as one line of JSON.
#include <sys/resource.h>

#include <cstdio>
#include <string>
#include <vector>

#include "cases.h"
#include "failure.h"

namespace {

using midge::load::Flags;

struct Case {
    const char* name;
    void (*run)(Flags&);
    const char* flags;
    const char* what;
};

constexpr Case cases[] = {
    {"pub", midge::load::run_pub, "--count --size", "one publisher, no subscriber"},
    {"fan", midge::load::run_fan, "--count --size --subscribers",
     "one publisher, each subscriber gets everything"},
    {"pairs", midge::load::run_pairs, "--count --size --pairs",
     "publishers and subscribers in pairs; --count is per pair"},
    {"queue", midge::load::run_queue, "--count --size --members", "one publisher, one queue group"},
    {"wild", midge::load::run_wild, "--count --subscriptions --subjects --connections",
     "many wildcards, many subjects"},
    {"stuck", midge::load::run_stuck, "--count --size --subscribers --stuck",
     "some subscribers never read"},
    {"reqrep", midge::load::run_reqrep, "--count --in-flight", "requests and replies, round trips"},
    {"latency", midge::load::run_latency, "--count --rate --size", "one way at a fixed rate"},
    {"connect", midge::load::run_connect, "--count --at-a-time",
     "log in and close, again and again"},
    {"idle", midge::load::run_idle, "--count --first", "hold connections until stdin closes"},
    {"relay", midge::load::run_relay, "--count --size",
     "no server: the cost of the kernel's copies"},
};

void print_usage(std::FILE* out) {
    std::fputs(
        "usage: bench_load CASE [--flag value]...\n"
        "flags of all cases but relay:\n"
        "  --port N                  the server's, on 127.0.0.1 (4222)\n"
        "  --pid N                   report the CPU time of that process as the server's\n"
        "  --user U --password P | --creds FILE\n"
        "throughput cases also take --timeout SECONDS and --tls 1\n"
        "cases:\n",
        out);
    for (const Case& each : cases)
        std::fprintf(out, "  %-8s %s\n           %s\n", each.name, each.what, each.flags);
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
        print_usage(arguments.empty() ? stderr : stdout);
        return arguments.empty() ? 2 : 0;
    }
    raise_descriptor_limit();
    try {
        for (const Case& each : cases) {
            if (arguments[0] != each.name) continue;
            Flags flags({arguments.begin() + 1, arguments.end()});
            each.run(flags);
            return 0;
        }
        std::fprintf(stderr, "bench_load: no case '%s'; see bench_load --help\n",
                     arguments[0].c_str());
        return 2;
    } catch (const std::exception& reason) {
        std::fprintf(stderr, "bench_load %s: %s\n", arguments[0].c_str(), reason.what());
        return 1;
    }
}
