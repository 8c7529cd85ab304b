#pragma once
// Connects to another server, and tries again until that succeeds.
#include <chrono>
#include <string>
#include <vector>

#include "connection/event_loop.h"
#include "net/name_lookup.h"

namespace midge {

// Dials the addresses in Settings::listeners[endpoint].dial, and gives the connection to its event
// loop, where the role of that entry takes it. One connection at a time. Lives on the loop's thread
// and is stopped there. `names` must end its look-ups before the dialler is destroyed.
class Dialler final : public IoHandler {
  public:
    Dialler(EventLoop& loop, ListenerIndex endpoint, NameLookup& names);
    ~Dialler() override;
    Dialler(const Dialler&) = delete;
    Dialler& operator=(const Dialler&) = delete;

    // Dials now. Requires: it is not dialling, and has no connection.
    void dial();
    // The connection is established (the peer has logged in, for example): failures are forgotten.
    void succeeded() noexcept { failures_ = 0; }
    // The connection has ended: dials again after the pause of the settings.
    void redial();
    // Dials no more.
    void stop();
    // The number of attempts since the last success.
    [[nodiscard]] unsigned failures() const noexcept { return failures_; }

    // IoHandler: the socket is connected, or has failed.
    void on_readable() override {}
    void on_writable() override;

  private:
    [[nodiscard]] const DialSettings& settings() const;
    void connect(std::vector<std::string> addresses);
    void fail_with(const std::string& why);
    void dial_later();
    void let_go();

    EventLoop& loop_;
    const ListenerIndex endpoint_;
    NameLookup& names_;
    size_t next_address_ = 0;  // index into the addresses of the settings
    std::string host_;         // the host that is being dialled
    PeerAddress peer_;
    SocketHandle socket_ = no_socket;  // while it connects
    Watch watch_;
    TimerId timer_ = no_timer;  // for the timeout of the attempt, or for the pause
    unsigned failures_ = 0;
    bool stopped_ = false;
    // Tells answers of look-ups whether the dialler still exists.
    std::shared_ptr<Dialler*> self_ = std::make_shared<Dialler*>(this);
};

}  // namespace midge
