#pragma once
// Accepts connections on one reactor and hands them on.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/log.h"
#include "net/reactor.h"
#include "net/stream.h"

namespace midge {

// Owned by the broker, lives on its reactor's thread. When accepting fails (the process is out of
// descriptors) it pauses for `accept_pause` instead of spinning, and says so once until it has
// caught up with all who wait.
class Listener : public IoHandler {
  public:
    // Must not destroy the listener (do that in a posted task).
    using OnAccept = std::function<void(std::unique_ptr<Stream>)>;
    static constexpr auto accept_pause = std::chrono::milliseconds(100);
    static constexpr int accepts_per_turn_max = 64;

    // Listens from now on; fails as socket_listen() does. `port` 0: any free port.
    [[nodiscard]] static Result<std::unique_ptr<Listener>> open(Reactor& reactor,
                                                                const std::string& host, int port,
                                                                OnAccept on_accept, Logger& log);
    ~Listener() override;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    [[nodiscard]] uint16_t port() const noexcept { return port_; }

    void on_readable() override;
    void on_writable() override {}

  private:
    Listener(Reactor& reactor, SocketHandle socket, OnAccept on_accept, Logger& log);
    void pause(const std::string& why);

    Reactor& reactor_;
    SocketHandle socket_;
    OnAccept on_accept_;
    Logger& log_;
    uint16_t port_ = 0;
    TimerId resume_ = no_timer;
    bool said_ = false;
    Watch watch_;
};

}  // namespace midge
