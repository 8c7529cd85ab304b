// Poller on epoll (Linux).
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <limits>

#include "net/poller.h"

namespace midge {
namespace {

constexpr size_t events_per_wait = 512;
constexpr uint64_t wake_id = 0;  // a socket's id is never 0

uint32_t events_of(Interest interest) {
    uint32_t events = 0;
    if ((interest & Interest::read) != Interest::none) events |= EPOLLIN;
    if ((interest & Interest::write) != Interest::none) events |= EPOLLOUT;
    return events;
}

class EpollPoller final : public Poller {
  public:
    EpollPoller(int epoll, int wake) : epoll_(epoll), wake_(wake) {}
    ~EpollPoller() override {
        ::close(wake_);
        ::close(epoll_);
    }
    EpollPoller(const EpollPoller&) = delete;
    EpollPoller& operator=(const EpollPoller&) = delete;

    Result<> set(SocketHandle socket, uint64_t id, Interest interest) override {
        // epoll reports errors and hang-ups even without interest, so the socket is removed to
        // silence it.
        if (interest == Interest::none) {
            remove(socket);
            return {};
        }
        const auto index = static_cast<size_t>(socket);
        if (index >= known_.size()) known_.resize(index + 1);
        const int operation = known_[index] ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
        epoll_event event{.events = events_of(interest), .data = {.u64 = id}};
        if (::epoll_ctl(epoll_, operation, static_cast<int>(socket), &event) != 0) {
            const int error = errno;
            assert(error != EBADF && error != ENOENT && error != EEXIST);
            return fail("epoll_ctl: " + os_error_text(error));
        }
        known_[index] = true;
        return {};
    }

    void remove(SocketHandle socket) noexcept override {
        const auto index = static_cast<size_t>(socket);
        if (index >= known_.size() || !known_[index]) return;
        known_[index] = false;
        [[maybe_unused]] const int removed =
            ::epoll_ctl(epoll_, EPOLL_CTL_DEL, static_cast<int>(socket), nullptr);
        assert(removed == 0);
    }

    void wait(std::chrono::milliseconds timeout, std::vector<Readiness>& out) noexcept override {
        out.clear();
        const auto longest = std::chrono::milliseconds(std::numeric_limits<int>::max());
        const int limit =
            timeout.count() < 0 ? -1 : static_cast<int>(std::min(timeout, longest).count());
        const int count =
            ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), limit);
        if (count < 0 && errno != EINTR) std::abort();
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events_[static_cast<size_t>(i)];
            if (event.data.u64 == wake_id) continue;
            const bool broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
            out.push_back({.id = event.data.u64,
                           .readable = broken || (event.events & EPOLLIN) != 0,
                           .writable = broken || (event.events & EPOLLOUT) != 0});
        }
    }

    void wake() noexcept override {
        const uint64_t one = 1;
        // Fails only if the counter is full, and then a wake is already pending.
        [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
    }

    std::string_view name() const noexcept override { return "epoll"; }

  private:
    const int epoll_;
    const int wake_;
    std::vector<bool> known_;  // by descriptor: whether epoll has it
    std::array<epoll_event, events_per_wait> events_{};
};

}  // namespace

Result<std::unique_ptr<Poller>> make_epoll_poller() {
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) return fail("epoll_create1: " + os_error_text(errno));
    const int wake = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (wake < 0) {
        const int error = errno;
        ::close(epoll);
        return fail("eventfd: " + os_error_text(error));
    }
    auto poller = std::make_unique<EpollPoller>(epoll, wake);
    // Edge-triggered: each wake() ends one wait, and nobody needs to read the counter.
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.u64 = wake_id}};
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event) != 0) {
        return fail("epoll_ctl: " + os_error_text(errno));
    }
    return poller;
}

}  // namespace midge
