// Many wildcard subscriptions and many distinct subjects.
#include <algorithm>

#include "cases.h"
#include "flow.h"
#include "wire.h"

namespace midge::load {
namespace {

constexpr int64_t subscriptions_max = 1'000'000;
constexpr int64_t messages_max = 10'000'000'000;
constexpr size_t number_width = 7;  // makes all frames the same size
constexpr size_t payload_bytes = 16;

struct Plan {
    int64_t messages, subscriptions, subjects, connections;
};

std::string subject_of(int64_t number) {
    return "w." + padded(static_cast<uint64_t>(number), number_width) + ".x";
}

// Returns the number of messages to `subject` when the publisher uses all subjects in turn.
int64_t messages_of(const Plan& plan, int64_t subject) {
    return plan.messages / plan.subjects + (subject < plan.messages % plan.subjects ? 1 : 0);
}

// Subscription i is "w.<i>.*" on connection i % connections, with i as its sid.
Receiver subscribe(const Server& server, const Plan& plan, int64_t connection) {
    Receiver receiver{Connection(server)};
    const std::string some_sid = padded(0, number_width);
    const auto frame_bytes =
        static_cast<int64_t>(msg_frame_bytes(subject_of(0), some_sid, payload_bytes));
    std::string lines;
    for (int64_t i = connection; i < plan.subscriptions; i += plan.connections) {
        const std::string number = padded(static_cast<uint64_t>(i), number_width);
        lines += "SUB w." + number + ".* " + number + "\r\n";
        if (i < plan.subjects) receiver.bytes += messages_of(plan, i) * frame_bytes;
    }
    receiver.connection.send_all(lines);
    receiver.connection.ping();
    return receiver;
}

}  // namespace

void run_wild(Flags& flags) {
    const Server server = Server::from(flags);
    const Plan plan{flags.number("count", 1'000'000, 1, messages_max),
                    flags.number("subscriptions", 10'000, 1, subscriptions_max),
                    flags.number("subjects", 10'000, 1, subscriptions_max),
                    flags.number("connections", 4, 1, 1000)};
    const auto timeout = static_cast<double>(flags.number("timeout", 120, 1, 3600));
    flags.finish();

    std::string buffer;
    for (int64_t i = 0; i < plan.subjects; ++i) buffer += pub_frame(subject_of(i), payload_bytes);
    const auto frame_bytes = static_cast<int64_t>(buffer.size()) / plan.subjects;
    Flow flow(timeout);
    const auto subscribing_since = Clock::now();
    for (int64_t i = 0; i < plan.connections; ++i) flow.add(subscribe(server, plan, i));
    const double subscribing_seconds = seconds_since(subscribing_since);
    flow.add(Sender{Connection(server), buffer, plan.messages * frame_bytes});
    const Stopwatch watch = flow.run(server.process);

    int64_t deliveries = 0;
    for (int64_t i = 0; i < std::min(plan.subscriptions, plan.subjects); ++i)
        deliveries += messages_of(plan, i);
    Report report;
    watch.report(report);
    report.add("messages", static_cast<uint64_t>(plan.messages));
    report.add("deliveries", static_cast<uint64_t>(deliveries));
    report.add("subscribing_seconds", subscribing_seconds);
    report.print();
}

}  // namespace midge::load
