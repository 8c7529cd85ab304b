#include "flow.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "failure.h"

namespace midge::load {
namespace {

constexpr size_t scratch_bytes = 256 * 1024;
constexpr int events_per_turn = 256;
constexpr int wait_milliseconds = 100;
constexpr int64_t ping_bytes = 6;  // "PING\r\n"
constexpr int64_t server_pending_bytes_max = 64 * 1024 * 1024;
static_assert(Flow::behind_bytes_max <= server_pending_bytes_max / 4);

int64_t count_pings(const char* at, size_t size) {
    int64_t pings = 0;
    const char* const end = at + size;
    while ((at = static_cast<const char*>(std::memchr(at, 'P', static_cast<size_t>(end - at)))) !=
           nullptr) {
        ++pings;
        ++at;
    }
    return pings;
}

}  // namespace

Flow::Flow(double timeout_seconds)
    : timeout_seconds_(timeout_seconds),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      scratch_(scratch_bytes) {}

Stopwatch Flow::run(pid_t server) {
    for (const Sender& sender : senders_) to_send_ += sender.bytes;
    for (const Receiver& receiver : receivers_) to_receive_ += receiver.bytes;
    if (shared_) to_receive_ = receivers_.front().bytes;
    watch_all();
    begin_ = Clock::now();
    Stopwatch watch(server);
    while (!done()) turn();
    if (receivers_.empty()) {
        for (Sender& sender : senders_) sender.connection.ping();
    }
    watch.stop();
    for (Receiver& receiver : receivers_) receiver.connection.ping();
    return watch;
}

void Flow::watch_all() {
    for (Sender& sender : senders_) sender.connection.set_nonblocking();
    for (Receiver& receiver : receivers_) receiver.connection.set_nonblocking();
    for (size_t i = 0; i < senders_.size() + receivers_.size(); ++i) {
        set_interest(i, i < senders_.size() ? uint32_t{EPOLLOUT} : uint32_t{EPOLLIN},
                     EPOLL_CTL_ADD);
    }
}

void Flow::set_interest(size_t index, uint32_t events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = index;
    const int fd = index < senders_.size() ? senders_[index].connection.fd()
                                           : receivers_[index - senders_.size()].connection.fd();
    if (::epoll_ctl(epoll_.fd(), operation, fd, &event) != 0) throw system_failure("epoll_ctl");
}

bool Flow::done() const {
    return sent_ == to_send_ && received_ == to_receive_;
}

void Flow::turn() {
    epoll_event events[events_per_turn];
    const int count = ::epoll_wait(epoll_.fd(), events, events_per_turn, wait_milliseconds);
    for (int i = 0; i < count; ++i) {
        const size_t index = events[i].data.u64;
        if (index < senders_.size()) {
            send_some(index);
        } else {
            receive_some(receivers_[index - senders_.size()]);
        }
    }
    pause_or_resume();
    check_time();
}

void Flow::send_some(size_t index) {
    Sender& sender = senders_[index];
    if (sender.paused) return;
    const size_t at = static_cast<size_t>(sender.sent) % sender.buffer.size();
    const size_t size =
        std::min(sender.buffer.size() - at, static_cast<size_t>(sender.bytes - sender.sent));
    const ssize_t sent = sender.connection.send(sender.buffer.substr(at, size));
    if (sent < 0) {
        if (errno == EAGAIN) return;
        throw system_failure("publisher " + std::to_string(index));
    }
    sender.sent += sent;
    sent_ += sent;
    if (sender.sent == sender.bytes) set_interest(index, 0, EPOLL_CTL_MOD);
}

void Flow::receive_some(Receiver& receiver) {
    while (receive_once(receiver) && receiver.connection.uses_tls()) {
    }
}

// Returns whether any bytes were received.
bool Flow::receive_once(Receiver& receiver) {
    const ssize_t got = receiver.connection.receive(scratch_.data(), scratch_.size());
    if (got < 0 && errno == EAGAIN) return false;
    const auto name = [&] {
        return "subscriber " + std::to_string(&receiver - receivers_.data()) + " after " +
               std::to_string(receiver.received) + " of " + std::to_string(receiver.bytes) +
               " bytes";
    };
    if (got < 0) throw system_failure(name());
    if (got == 0) throw Failure(name() + ": the server closed the connection");
    const int64_t counted =
        got - ping_bytes * count_pings(scratch_.data(), static_cast<size_t>(got));
    receiver.received += counted;
    received_ += counted;
    if (receiver.received > receiver.bytes || received_ > to_receive_)
        throw Failure(name() + ": too many came");
    return true;
}

double Flow::progress() const {
    return static_cast<double>(sent_) / static_cast<double>(to_send_);
}

void Flow::pause_or_resume() {
    double behind = 0;
    const double members = shared_ ? static_cast<double>(receivers_.size()) : 1.0;
    for (const Receiver& receiver : receivers_) {
        const double due = progress() * static_cast<double>(receiver.bytes) / members;
        behind = std::max(behind, due - static_cast<double>(receiver.received));
    }
    const bool pause = any_paused_ ? behind > behind_bytes_max / 2.0
                                   : behind > static_cast<double>(behind_bytes_max);
    if (pause == any_paused_) return;
    any_paused_ = pause;
    for (size_t i = 0; i < senders_.size(); ++i) {
        if (senders_[i].sent == senders_[i].bytes) continue;
        senders_[i].paused = pause;
        set_interest(i, pause ? 0U : uint32_t{EPOLLOUT}, EPOLL_CTL_MOD);
    }
}

void Flow::check_time() {
    if (seconds_since(begin_) < timeout_seconds_) return;
    throw Failure("time is up after " + std::to_string(timeout_seconds_) + " s: " +
                  std::to_string(sent_) + " of " + std::to_string(to_send_) + " bytes sent, " +
                  std::to_string(received_) + " of " + std::to_string(to_receive_) + " received");
}

}  // namespace midge::load
