// Publishers at full speed: with no subscriber, one, many, pairs, a queue group, and subscribers
// that never read.
#include "cases.h"
#include "flow.h"
#include "wire.h"

namespace midge::load {
namespace {

constexpr const char* subject = "bench.data";
constexpr const char* sid = "1";
constexpr int64_t messages_max = 10'000'000'000;
constexpr int64_t payload_bytes_max = 1024 * 1024;
constexpr int64_t connections_max = 10'000;

struct Load {
    Server server;
    int64_t messages;
    size_t payload_bytes;
    double timeout_seconds;

    explicit Load(Flags& flags, int64_t payload_default = 128)
        : server(Server::from(flags)),
          messages(flags.number("count", 1'000'000, 1, messages_max)),
          payload_bytes(
              static_cast<size_t>(flags.number("size", payload_default, 0, payload_bytes_max))),
          timeout_seconds(static_cast<double>(flags.number("timeout", 60, 1, 3600))) {
        server.tls = flags.number("tls", 0, 0, 1) == 1;
    }
};

Sender make_sender(const Load& load, const std::string& buffer, size_t frame_bytes) {
    return {Connection(load.server), buffer, load.messages * static_cast<int64_t>(frame_bytes)};
}

Receiver make_receiver(const Load& load, const std::string& to, const std::string& queue = {}) {
    Receiver receiver{Connection(load.server), load.messages * static_cast<int64_t>(msg_frame_bytes(
                                                                   to, sid, load.payload_bytes))};
    receiver.connection.send_all("SUB " + to + " " + (queue.empty() ? "" : queue + " ") + sid +
                                 "\r\n");
    receiver.connection.ping();
    return receiver;
}

void print(const Stopwatch& watch, uint64_t messages, uint64_t deliveries) {
    Report report;
    watch.report(report);
    report.add("messages", messages);
    report.add("deliveries", deliveries);
    report.print();
}

// One publisher. The `subscribers` share the messages in a queue group, or each gets all of them.
void run_one_subject(const Load& load, int64_t subscribers, bool queue_group) {
    const std::string frame = pub_frame(subject, load.payload_bytes);
    const std::string buffer = write_buffer(frame);
    Flow flow(load.timeout_seconds);
    for (int64_t i = 0; i < subscribers; ++i)
        flow.add(make_receiver(load, subject, queue_group ? "workers" : ""));
    if (queue_group) flow.share_among_receivers();
    flow.add(make_sender(load, buffer, frame.size()));
    const Stopwatch watch = flow.run(load.server.process);
    print(watch, static_cast<uint64_t>(load.messages),
          static_cast<uint64_t>(load.messages * (queue_group ? 1 : subscribers)));
}

}  // namespace

void run_pub(Flags& flags) {
    const Load load(flags);
    flags.finish();
    run_one_subject(load, 0, false);
}

void run_fan(Flags& flags) {
    const Load load(flags);
    const int64_t subscribers = flags.number("subscribers", 10, 1, connections_max);
    flags.finish();
    run_one_subject(load, subscribers, false);
}

void run_queue(Flags& flags) {
    const Load load(flags);
    const int64_t members = flags.number("members", 4, 1, connections_max);
    flags.finish();
    run_one_subject(load, members, true);
}

// --count is for each pair.
void run_pairs(Flags& flags) {
    const Load load(flags);
    const int64_t pairs = flags.number("pairs", 4, 1, connections_max);
    flags.finish();
    Flow flow(load.timeout_seconds);
    std::vector<std::string> buffers;
    buffers.reserve(static_cast<size_t>(pairs));  // the senders have views of these
    for (int64_t i = 0; i < pairs; ++i) {
        const std::string own = "bench.pair" + padded(static_cast<uint64_t>(i), 4);
        const std::string frame = pub_frame(own, load.payload_bytes);
        buffers.push_back(write_buffer(frame));
        flow.add(make_receiver(load, own));
        flow.add(make_sender(load, buffers.back(), frame.size()));
    }
    const Stopwatch watch = flow.run(load.server.process);
    const auto messages = static_cast<uint64_t>(load.messages * pairs);
    print(watch, messages, messages);
}

void run_stuck(Flags& flags) {
    const Load load(flags, 256);
    const int64_t good = flags.number("subscribers", 10, 1, connections_max);
    const int64_t stuck = flags.number("stuck", 1, 0, connections_max);
    flags.finish();
    std::vector<Receiver> never_read;
    for (int64_t i = 0; i < stuck; ++i) never_read.push_back(make_receiver(load, subject));
    run_one_subject(load, good, false);
}

}  // namespace midge::load
