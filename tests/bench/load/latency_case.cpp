// One-way latency at a fixed rate. The sender is a separate thread that sleeps (clock_nanosleep to
// an absolute time) between batches, each of which has the messages of 50 us and is one write. The
// receiver is another thread. Sleeping instead of a busy loop leaves the cores to the server,
// because a small machine has few. A payload contains the time of its batch's write, so that a late
// wake-up of the sender does not count; that is reported as "late_us" (median).
#include <sys/prctl.h>
#include <time.h>

#include <algorithm>
#include <thread>

#include "cases.h"
#include "connection.h"
#include "frames.h"
#include "measure.h"
#include "wire.h"

namespace midge::load {
namespace {

constexpr int64_t messages_max = 100'000'000;
constexpr int64_t batch_nanos_target = 50'000;
constexpr int64_t start_delay_nanos = 5'000'000;
constexpr const char* subject = "bench.latency";
constexpr const char* sid = "1";

struct Plan {
    int64_t messages, rate;
    size_t payload_bytes;
};

void sleep_until(int64_t nanos) {
    const timespec time{nanos / 1'000'000'000, nanos % 1'000'000'000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
}

// Returns the delay of each batch compared to the plan.
std::vector<int64_t> send_at_rate(Connection& connection, const Plan& plan) {
    prctl(PR_SET_TIMERSLACK, 1UL);
    const int64_t batch = std::max<int64_t>(1, plan.rate * batch_nanos_target / 1'000'000'000);
    const std::string frame = pub_frame(subject, plan.payload_bytes);
    std::string buffer;
    for (int64_t i = 0; i < batch; ++i) buffer += frame;
    const size_t payload_at = frame.size() - plan.payload_bytes - 2;
    std::vector<int64_t> late;
    const int64_t begin = now_nanos() + start_delay_nanos;
    for (int64_t sent = 0; sent < plan.messages;) {
        const int64_t planned = begin + sent * 1'000'000'000 / plan.rate;
        sleep_until(planned);
        const int64_t count = std::min(batch, plan.messages - sent);
        const int64_t now = now_nanos();
        late.push_back(now - planned);
        for (int64_t i = 0; i < count; ++i) {
            std::memcpy(buffer.data() + static_cast<size_t>(i) * frame.size() + payload_at, &now,
                        sizeof now);
        }
        connection.send_all(
            std::string_view(buffer).substr(0, static_cast<size_t>(count) * frame.size()));
        sent += count;
    }
    return late;
}

std::vector<uint32_t> receive(Connection& connection, const Plan& plan) {
    const size_t frame_bytes = msg_frame_bytes(subject, sid, plan.payload_bytes);
    const size_t payload_at = frame_bytes - plan.payload_bytes - 2;
    FrameReader frames(frame_bytes);
    std::vector<uint32_t> nanos;
    nanos.reserve(static_cast<size_t>(plan.messages));
    while (static_cast<int64_t>(nanos.size()) < plan.messages) {
        int64_t now = 0;
        frames.read(connection.fd(), [&](const char* frame) {
            if (now == 0) now = now_nanos();
            int64_t sent_at = 0;
            std::memcpy(&sent_at, frame + payload_at, sizeof sent_at);
            nanos.push_back(static_cast<uint32_t>(now - sent_at));
        });
    }
    return nanos;
}

}  // namespace

void run_latency(Flags& flags) {
    const Server server = Server::from(flags);
    const Plan plan{flags.number("count", 200'000, 1, messages_max),
                    flags.number("rate", 100'000, 1, 10'000'000),
                    static_cast<size_t>(flags.number("size", 128, sizeof(int64_t), 64 * 1024))};
    flags.finish();

    Connection subscriber(server);
    subscriber.send_all("SUB " + std::string(subject) + " " + sid + "\r\n");
    subscriber.ping();
    Connection publisher(server);
    Stopwatch watch(server.process);
    std::vector<int64_t> late;
    std::string failure;
    std::thread sender([&] {
        try {
            late = send_at_rate(publisher, plan);
        } catch (const Failure& reason) {
            failure = reason.what();
            // Ends the receiver, which waits for messages that will not come.
            ::shutdown(subscriber.fd(), SHUT_RDWR);
        }
    });
    std::vector<uint32_t> nanos;
    try {
        nanos = receive(subscriber, plan);
    } catch (const Failure& reason) {
        if (failure.empty()) failure = reason.what();
        ::shutdown(publisher.fd(), SHUT_RDWR);
    }
    sender.join();
    watch.stop();
    if (!failure.empty()) throw Failure(failure);
    std::nth_element(late.begin(), late.begin() + static_cast<ptrdiff_t>(late.size() / 2),
                     late.end());
    Report report;
    watch.report(report);
    report.add("messages", static_cast<uint64_t>(plan.messages));
    report.add("deliveries", static_cast<uint64_t>(plan.messages));
    report_percentiles(report, nanos);
    report.add("late_us", static_cast<double>(late[late.size() / 2]) * 1e-3);
    report.print();
}

}  // namespace midge::load
