#include "storm.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "failure.h"

namespace midge::load {
namespace {

constexpr int events_per_turn = 64;
constexpr int wait_milliseconds = 20'000;

}  // namespace

Storm::Storm(const Server& server, size_t at_a_time, bool keep)
    : server_(server), keep_(keep), epoll_(::epoll_create1(EPOLL_CLOEXEC)), attempts_(at_a_time) {}

void Storm::run(int64_t count) {
    to_begin_ = to_finish_ = count;
    for (size_t i = 0; i < attempts_.size() && to_begin_ > 0; ++i) begin(i);
    while (to_finish_ > 0) {
        epoll_event events[events_per_turn];
        const int ready = ::epoll_wait(epoll_.fd(), events, events_per_turn, wait_milliseconds);
        if (ready == 0)
            throw Failure("the server does not answer, " + std::to_string(to_finish_) +
                          " logins before the end");
        for (int i = 0; i < ready; ++i) on_readable(events[i].data.u64);
    }
}

void Storm::begin(size_t index) {
    Attempt& attempt = attempts_[index];
    attempt.socket = connect_socket(server_.port, begun_++, false);
    attempt.input.clear();
    attempt.greeted = false;
    --to_begin_;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    if (::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, attempt.socket.fd(), &event) != 0)
        throw system_failure("epoll_ctl");
}

void Storm::on_readable(size_t index) {
    Attempt& attempt = attempts_[index];
    char bytes[4096];
    const ssize_t got = ::recv(attempt.socket.fd(), bytes, sizeof bytes, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got < 0) throw system_failure("login " + std::to_string(begun_));
    if (got == 0)
        throw Failure("the server closed connection " + std::to_string(begun_) +
                      " before its login was done");
    attempt.input.append(bytes, static_cast<size_t>(got));
    if (!is_logged_in(attempt)) return;
    if (keep_) {
        ::epoll_ctl(epoll_.fd(), EPOLL_CTL_DEL, attempt.socket.fd(), nullptr);
        kept_.push_back(std::move(attempt.socket));
    }
    attempt.socket = Socket();
    --to_finish_;
    if (to_begin_ > 0) begin(index);
}

bool Storm::is_logged_in(Attempt& attempt) {
    if (!attempt.greeted) {
        if (!attempt.input.ends_with("\r\n")) return false;
        attempt.greeted = true;
        const std::string lines = server_.login.connect_line(attempt.input) + "PING\r\n";
        attempt.input.clear();
        // The buffer of a new socket has room for these few hundred bytes.
        if (::send(attempt.socket.fd(), lines.data(), lines.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(lines.size())) {
            throw system_failure("send CONNECT");
        }
        return false;
    }
    if (attempt.input.find("-ERR") != std::string::npos)
        throw Failure("the server answers " + attempt.input);
    return attempt.input.find("PONG\r\n") != std::string::npos;
}

}  // namespace midge::load
