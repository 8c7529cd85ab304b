#pragma once
// Accepts connections on one reactor.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/log.h"
#include "net/reactor.h"
#include "net/stream.h"

namespace midge {

// Owned by the broker, on its reactor's thread. When accepting fails (for example, because the
// process has no more descriptors), the listener pauses for `accept_pause` instead of spinning. It
// logs this once, until it has accepted all waiting connections again.
class Listener : public IoHandler {
  public:
    // The callback must not destroy the listener; post a task for that.
    using OnAccept = std::function<void(std::unique_ptr<Stream>)>;
    static constexpr auto accept_pause = std::chrono::milliseconds(100);
    static constexpr int accepts_per_turn_max = 64;

    // Starts to listen. Fails like socket_listen(). `port` 0: any free port.
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
