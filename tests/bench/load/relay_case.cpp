// Works without a server: a thread of this program reads 64 KiB from one socket and writes them to
// another. Its CPU time per message is the minimum for any server that copies bytes through the
// kernel.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <thread>

#include "cases.h"
#include "connection.h"
#include "failure.h"
#include "measure.h"
#include "wire.h"

namespace midge::load {
namespace {

constexpr size_t relay_bytes = 64 * 1024;
constexpr size_t read_bytes = 256 * 1024;
constexpr int wait_milliseconds = 20'000;
constexpr const char* subject = "bench.data";

// `near` and `far` are the two ends of a TCP connection over loopback, like a server's connections.
struct Link {
    Socket near, far;
};

Link make_link(bool near_blocks) {
    const Socket listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener.fd(), generic, size) != 0 || ::listen(listener.fd(), 1) != 0 ||
        ::getsockname(listener.fd(), generic, &size) != 0) {
        throw system_failure("listen");
    }
    Link link;
    link.near = connect_socket(ntohs(address.sin_port), 0, near_blocks);
    link.far = Socket(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    if (link.far.fd() < 0) throw system_failure("accept");
    return link;
}

// Ends when the source ends. Returns the CPU time of its thread.
double relay(int from, int to) {
    const double begin = thread_cpu_seconds();
    std::vector<char> buffer(relay_bytes);
    for (;;) {
        const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
        if (got <= 0) return thread_cpu_seconds() - begin;
        for (ssize_t sent = 0; sent < got;) {
            const ssize_t n =
                ::send(to, buffer.data() + sent, static_cast<size_t>(got - sent), MSG_NOSIGNAL);
            if (n <= 0) return thread_cpu_seconds() - begin;
            sent += n;
        }
    }
}

// Sends `bytes` bytes of `buffer` to `to`, and reads as many from `from`; both are non-blocking.
void pass_through(const std::string& buffer, int64_t bytes, int to, int from) {
    std::vector<char> scratch(read_bytes);
    int64_t sent = 0;
    int64_t received = 0;
    while (received < bytes) {
        pollfd polls[2] = {{from, POLLIN, 0}, {sent < bytes ? to : -1, POLLOUT, 0}};
        if (::poll(polls, 2, wait_milliseconds) == 0) throw Failure("the relay stands still");
        if (polls[0].revents != 0) {
            const ssize_t got = ::recv(from, scratch.data(), scratch.size(), 0);
            if (got == 0) throw Failure("the relay ended");
            received += std::max<ssize_t>(got, 0);
        }
        if (polls[1].revents != 0) {
            const size_t at = static_cast<size_t>(sent) % buffer.size();
            const size_t size = std::min(buffer.size() - at, static_cast<size_t>(bytes - sent));
            sent += std::max<ssize_t>(::send(to, buffer.data() + at, size, MSG_NOSIGNAL), 0);
        }
    }
}

}  // namespace

void run_relay(Flags& flags) {
    const int64_t messages = flags.number("count", 5'000'000, 1, 10'000'000'000);
    const auto payload_bytes = static_cast<size_t>(flags.number("size", 128, 0, 1024 * 1024));
    flags.finish();
    const std::string frame = pub_frame(subject, payload_bytes);
    const std::string buffer = write_buffer(frame);

    Link in = make_link(false);
    Link out = make_link(false);
    double relay_cpu = 0;
    std::thread thread([&] { relay_cpu = relay(in.far.fd(), out.far.fd()); });
    Stopwatch watch(0);
    std::string failure;
    try {
        pass_through(buffer, messages * static_cast<int64_t>(frame.size()), in.near.fd(),
                     out.near.fd());
    } catch (const Failure& reason) {
        failure = reason.what();
    }
    watch.stop();
    in.near = Socket();  // ends the relay
    ::shutdown(out.near.fd(), SHUT_RDWR);
    ::shutdown(in.far.fd(), SHUT_RDWR);
    thread.join();
    if (!failure.empty()) throw Failure(failure);
    Report report;
    watch.report(report);
    report.add("messages", static_cast<uint64_t>(messages));
    report.add("relay_cpu_seconds", relay_cpu);
    report.add("relay_nanos_per_message", relay_cpu * 1e9 / static_cast<double>(messages));
    report.print();
}

}  // namespace midge::load
