#pragma once
// What the connections of all kinds of peers have in common.
#include <fmt/format.h>

#include <initializer_list>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/close_reason.h"
#include "base/log.h"
#include "base/log_fields.h"
#include "base/wire_error.h"
#include "connection/event_loop.h"
#include "connection/liveness.h"
#include "connection/role_steps.h"
#include "net/tls_stream.h"
#include "websocket/upgrade.h"
#include "websocket/websocket_stream.h"

namespace midge {

class Opening;

// The data of the upgrade to WebSocket.
struct WebsocketPeer {
    WebsocketStream* stream = nullptr;  // the stream of the connection; null before the upgrade
    CookieValues cookies;
    std::string forwarded_for;  // only for the log, because every client can claim it
};

// A stream with its outgoing bytes, write deadline, liveness, and name in the log. The class of a
// role derives from it; it reads commands and carries them out. Owned by its event loop, on whose
// thread everything here happens.
class Connection : public RoleSteps {
  public:
    Connection(EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream,
               ListenerIndex listener);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Begins the opening; closes the connection at once if the server is full. `dialled`: the host
    // that the server has dialled; empty: the peer has dialled.
    void start(std::string dialled = {});
    [[nodiscard]] uint64_t id() const noexcept { return id_; }
    [[nodiscard]] bool closed() const noexcept { return closed_; }
    // Ends the role's part of the connection, then closes the socket. Idempotent. The object is
    // destroyed at the end of the turn.
    void close(CloseReason reason);
    // Sends -ERR, then close().
    void close_with(WireError error, CloseReason reason);
    void on_outbound_event(OutboundEvent event);
    // Continues the TLS handshake; the loop has a step for it in this turn.
    void resume_handshake();

    // IoHandler
    void on_readable() final;
    void on_writable() final;

    // For the role, its parts, and the opening.
    [[nodiscard]] EventLoop& loop() const noexcept { return loop_; }
    [[nodiscard]] Outbound& outbound() const noexcept { return *outbound_; }
    [[nodiscard]] const Ref<Outbound>& outbound_ref() const noexcept { return outbound_; }
    // The settings of the listener that has accepted the connection.
    [[nodiscard]] const ListenerSettings& listener() const noexcept {
        return loop_.settings().listeners[listener_];
    }
    // The address of the peer; if a proxy passes the connection on, the address in its header.
    [[nodiscard]] const PeerAddress& address() const noexcept {
        return forwarded_for_ ? *forwarded_for_ : outbound_->stream().peer();
    }
    [[nodiscard]] const TlsStream* tls() const noexcept { return tls_; }  // null: plain
    // Null: the connection is no WebSocket.
    [[nodiscard]] const WebsocketPeer* websocket() const noexcept { return websocket_.get(); }
    // False until the PROXY header has told the address.
    [[nodiscard]] bool knows_address() const noexcept;
    [[nodiscard]] WallNanos start_time() const noexcept { return start_time_; }
    [[nodiscard]] Liveness& liveness() noexcept { return liveness_; }
    [[nodiscard]] const Liveness& liveness() const noexcept { return liveness_; }
    // Stops reading, until resume_input().
    void pause_input();
    // Ends a pause; first, the role takes what it has read already (read_kept()).
    void resume_input();
    [[nodiscard]] bool paused() const noexcept { return paused_; }
    // Stages bytes, which are sent at the end of the turn.
    void send(std::string_view bytes);
    // The same for lines that the trace of the log shows, such as -ERR.
    void send_error(std::string_view line);
    template <class... Args>
    void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) const {
        log_with(level, {}, format, std::forward<Args>(args)...);
    }
    // The same with fields of the line's own, besides those of the connection.
    template <class... Args>
    void log_with(LogLevel level, std::initializer_list<LogField> fields,
                  fmt::format_string<Args...> format, Args&&... args) const {
        if (!logger().enabled(level)) return;
        write_log(level, fmt::format(format, std::forward<Args>(args)...), fields);
    }
    // From now on, traces of deliveries use the current name in the log.
    void show_log_prefix();
    void trace_in(std::string_view operation, std::string_view arguments) const;
    void trace_out(std::string_view what) const;

  protected:
    [[nodiscard]] Logger& logger() const noexcept;
    [[nodiscard]] std::string log_prefix() const;

    // Handles the result of a read. False: there are no bytes, or the connection is closed now.
    [[nodiscard]] bool took_input(const IoResult& result);
    // Whether no further command may be taken: the connection is closed or paused.
    [[nodiscard]] bool stopped() const noexcept { return stopped_; }
    // Whether its opening still needs the TLS settings of the listener.
    [[nodiscard]] bool awaits_tls() const noexcept;

  private:
    friend class Opening;
    // Runs a function that takes input. If memory runs out, this connection is closed; others go
    // on.
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
    void close_slow_consumer(CloseReason reason);
    [[nodiscard]] std::string shown_address() const;  // "127.0.0.1:4222"
    void write_log(LogLevel level, std::string_view message,
                   std::initializer_list<LogField> own) const;

    EventLoop& loop_;
    const uint64_t id_;
    const ListenerIndex listener_;
    const WallNanos start_time_;
    Ref<Outbound> outbound_;
    Watch watch_;
    std::unique_ptr<Opening> opening_;  // null after the opening
    TlsStream* tls_ = nullptr;          // the stream of outbound_, or the one within its WebSocket
    std::unique_ptr<WebsocketPeer> websocket_;    // null: the connection is no WebSocket
    std::unique_ptr<PeerAddress> forwarded_for_;  // null: no PROXY header
    bool greeted_ = false;
    bool paused_ = false;
    bool watching_writable_ = false;
    bool closed_ = false;
    bool stopped_ = false;
    Liveness liveness_;
    TimerId write_timer_ = no_timer;
};

}  // namespace midge
