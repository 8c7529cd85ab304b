#pragma once
// Readiness of sockets. The reactor uses no types of the operating system; each implementation is
// one file.
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/socket.h"

namespace midge {

enum class Interest : uint8_t { none = 0, read = 1, write = 2, both = 3 };

[[nodiscard]] constexpr Interest operator|(Interest a, Interest b) noexcept {
    return static_cast<Interest>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b));
}
[[nodiscard]] constexpr Interest operator&(Interest a, Interest b) noexcept {
    return static_cast<Interest>(static_cast<uint8_t>(a) & static_cast<uint8_t>(b));
}
[[nodiscard]] constexpr Interest without(Interest all, Interest part) noexcept {
    return static_cast<Interest>(static_cast<uint8_t>(all) & ~static_cast<uint8_t>(part));
}

struct Readiness {
    uint64_t id = 0;  // as given to set()
    bool readable = false;
    bool writable = false;
};

// Level-triggered. Used by one reactor's thread; only wake() may be called from another. A socket
// with an error or hang-up is reported as readable, writable or both, whatever the interest, so
// that the next read or write finds the reason.
class Poller {
  public:
    virtual ~Poller() = default;
    // Sets the interest of `socket`, which is reported under `id` (never 0). Interest::none stops
    // all reports, including errors. Requires: the socket stays open until remove(). Fails if the
    // system has no room; then the previous interest stays in effect.
    [[nodiscard]] virtual Result<> set(SocketHandle socket, uint64_t id, Interest interest) = 0;
    virtual void remove(SocketHandle socket) noexcept = 0;  // an unknown socket is ignored
    // Waits until a socket is ready, wake() was called or `timeout` has passed (negative: no
    // timeout), then replaces `out`, which may be empty. Cannot fail: an error here is a bug of
    // Midge and ends the process.
    virtual void wait(std::chrono::milliseconds timeout, std::vector<Readiness>& out) noexcept = 0;
    // Ends the current or the next wait(). Any thread.
    virtual void wake() noexcept = 0;
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
};

// `name`: "epoll" (Linux), "poco" (any system), or empty for the best one of the system. The error
// for another name lists the known ones.
[[nodiscard]] Result<std::unique_ptr<Poller>> make_poller(std::string_view name);

// One function for each implementation; poller_<system>.cpp calls those that its system has. They
// fail if the system refuses.
[[nodiscard]] Result<std::unique_ptr<Poller>> make_epoll_poller();
[[nodiscard]] Result<std::unique_ptr<Poller>> make_poco_poller();

}  // namespace midge
