#pragma once
// Readiness of sockets behind four calls. The reactor sees no OS type; an implementation is one file.
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/socket.h"

namespace midge {

enum class Interest : uint8_t { none = 0, read = 1, write = 2, both = 3 };

struct Readiness {
    uint64_t id = 0;  // as given to set()
    bool readable = false;
    bool writable = false;
};

// Level-triggered. Lives on one reactor's thread; only wake() may come from another. A socket in error or hung up is reported
// as readable and writable, so that the next read or write finds out what happened.
class Poller {
  public:
    virtual ~Poller() = default;
    // Starts or changes what is reported for `socket` under `id`. Interest::none keeps the socket known but silent.
    [[nodiscard]] virtual Result<> set(SocketHandle socket, uint64_t id, Interest interest) = 0;
    virtual void remove(SocketHandle socket) noexcept = 0;
    // Waits until something is ready, wake() was called or `timeout` passed (negative: for ever), then replaces `out`.
    virtual void wait(std::chrono::milliseconds timeout, std::vector<Readiness>& out) = 0;
    // Ends the current or next wait(). Any thread.
    virtual void wake() noexcept = 0;
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
};

// `name`: "epoll" (Linux), "poco" (any system), or empty for the system's best. Fails naming the known ones.
[[nodiscard]] Result<std::unique_ptr<Poller>> make_poller(std::string_view name);

}  // namespace midge
