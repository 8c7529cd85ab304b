#pragma once
// Readiness of sockets behind four calls. The reactor sees no OS type; an implementation is one
// file.
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

// Level-triggered. Lives on one reactor's thread; only wake() may come from another. A socket in
// error or hung up is reported as readable, writable or both whatever was asked for, so that the
// next read or write finds out what happened.
class Poller {
  public:
    virtual ~Poller() = default;
    // Starts or changes what is reported for `socket` under `id` (never 0). Interest::none silences
    // it, errors included. The socket must stay open until remove(). Fails when the system has no
    // room; then what was set before holds.
    [[nodiscard]] virtual Result<> set(SocketHandle socket, uint64_t id, Interest interest) = 0;
    virtual void remove(SocketHandle socket) noexcept = 0;  // an unknown socket is ignored
    // Waits until something is ready, wake() was called or `timeout` passed (negative: for ever),
    // then replaces `out`; may return early with nothing. Cannot fail: an error here is a bug of
    // ours and ends the process.
    virtual void wait(std::chrono::milliseconds timeout, std::vector<Readiness>& out) noexcept = 0;
    // Ends the current or next wait(). Any thread.
    virtual void wake() noexcept = 0;
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
};

// `name`: "epoll" (Linux), "poco" (any system), or empty for the system's best. Fails naming the
// known ones.
[[nodiscard]] Result<std::unique_ptr<Poller>> make_poller(std::string_view name);

// One function per implementation; poller_<system>.cpp knows which of them its system has. Fail
// when the system refuses.
[[nodiscard]] Result<std::unique_ptr<Poller>> make_epoll_poller();
[[nodiscard]] Result<std::unique_ptr<Poller>> make_poco_poller();

}  // namespace midge
