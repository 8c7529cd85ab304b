#pragma once
// One connection, whatever is at its other end.
#include <fmt/format.h>

#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/close_reason.h"
#include "base/log.h"
#include "base/wire_error.h"
#include "connection/event_loop.h"
#include "connection/liveness.h"
#include "connection/role_steps.h"
#include "net/tls_stream.h"
#include "websocket/upgrade.h"
#include "websocket/websocket_stream.h"

namespace midge {

class Opening;

// What came with the upgrade to WebSocket.
struct WebsocketPeer {
    WebsocketStream* stream = nullptr;  // the connection's, after the upgrade
    CookieValues cookies;
    std::string forwarded_for;  // for the log: anybody can say so
};

// A stream, what is sent to it, its write deadline, PING and PONG, and its name in the log. A role
// derives from it: it reads commands, and says what they do. Owned by its event loop, on whose
// thread everything here happens.
class Connection : public RoleSteps {
  public:
    Connection(EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream,
               ListenerIndex listener);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Greets the peer, or expects what comes before that, and starts to read; closes at once if the
    // server is full. `dialled`: the host that the server has dialled; empty: it was dialled.
    void start(std::string dialled = {});
    [[nodiscard]] uint64_t id() const noexcept { return id_; }
    [[nodiscard]] bool closed() const noexcept { return closed_; }
    // Ends the connection: what the role has, then the socket. Idempotent; the object is destroyed
    // at the end of the turn.
    void close(CloseReason reason);
    // -ERR, then close().
    void close_with(WireError error, CloseReason reason);
    void on_outbound_event(OutboundEvent event);
    // Goes on with a TLS handshake for which this turn of the loop has a step.
    void resume_handshake();

    // IoHandler
    void on_readable() final;
    void on_writable() final;

    // For its role and its opening.
    [[nodiscard]] EventLoop& loop() const noexcept { return loop_; }
    [[nodiscard]] Outbound& outbound() const noexcept { return *outbound_; }
    [[nodiscard]] const Ref<Outbound>& outbound_ref() const noexcept { return outbound_; }
    // The settings of the listener that it came by.
    [[nodiscard]] const ListenerSettings& listener() const noexcept {
        return loop_.settings().listeners[listener_];
    }
    // Where the peer is, as far as the proxy before it says.
    [[nodiscard]] const PeerAddress& address() const noexcept {
        return forwarded_for_ ? *forwarded_for_ : outbound_->stream().peer();
    }
    [[nodiscard]] const TlsStream* tls() const noexcept { return tls_; }  // null: plain
    // Null: it came by another listener.
    [[nodiscard]] const WebsocketPeer* websocket() const noexcept { return websocket_.get(); }
    // False until a proxy before it has said it.
    [[nodiscard]] bool knows_address() const noexcept;
    [[nodiscard]] WallNanos start_time() const noexcept { return start_time_; }
    [[nodiscard]] Liveness& liveness() noexcept { return liveness_; }
    [[nodiscard]] const Liveness& liveness() const noexcept { return liveness_; }
    // Stops reading, until resume_input().
    void pause_input();
    // Ends a pause; first, the role takes what it has read already (read_kept()).
    void resume_input();
    [[nodiscard]] bool paused() const noexcept { return paused_; }
    // Goes out at the end of the turn.
    void send(std::string_view bytes);
    // The same for -ERR and the like, which traces show.
    void send_error(std::string_view line);
    template <class... Args>
    void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) const {
        if (!logger().enabled(level)) return;
        logger().write(level, log_prefix() + fmt::format(format, std::forward<Args>(args)...));
    }
    // Lets traces of deliveries show the name in the log as it is now.
    void show_log_prefix();
    void trace_in(std::string_view operation, std::string_view arguments) const;
    void trace_out(std::string_view what) const;

  protected:
    [[nodiscard]] Logger& logger() const noexcept;
    [[nodiscard]] std::string log_prefix() const;

    // Whether anything came is false also if the connection is closed by that.
    [[nodiscard]] bool took_input(const IoResult& result);
    // Closed or paused: no further command is taken.
    [[nodiscard]] bool stopped() const noexcept { return stopped_; }
    // Whether it has still to open by the TLS of its listener.
    [[nodiscard]] bool awaits_tls() const noexcept;

  private:
    friend class Opening;
    // Runs what takes input: without memory for it, the connection is closed, and others go on.
    template <class Function>
    void guarded(Function take) {
        try {
            take();
        } catch (const std::bad_alloc&) {
            fail_for_memory();
        }
    }
    void close_for_read_error();
    void greet_once();
    void finish_opening(std::string_view early);
    [[nodiscard]] bool watch(Interest interest);
    void fail_for_memory();
    void check_write_deadline();

    EventLoop& loop_;
    const uint64_t id_;
    const ListenerIndex listener_;
    const WallNanos start_time_;
    Ref<Outbound> outbound_;
    Watch watch_;
    std::unique_ptr<Opening> opening_;          // null: over
    TlsStream* tls_ = nullptr;                  // outbound_'s stream, once it is one, or within it
    std::unique_ptr<WebsocketPeer> websocket_;  // null: it came by another listener
    std::unique_ptr<PeerAddress> forwarded_for_;  // null: no proxy says
    bool greeted_ = false;
    bool paused_ = false;
    bool watching_writable_ = false;
    bool closed_ = false;
    bool stopped_ = false;
    Liveness liveness_;
    TimerId write_timer_ = no_timer;
};

}  // namespace midge
