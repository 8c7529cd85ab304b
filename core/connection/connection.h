#pragma once
// One connection, whatever is at its other end.
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
#include "net/reactor.h"
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
class Connection : public IoHandler {
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
    // Ends of what only some roles begin.
    // A receiver that the role waits for has room (Outbound::wait_for_room).
    virtual void on_room(uint32_t /*wait_number*/) {}
    // A subscription of the role has had its last delivery.
    virtual void on_subscription_spent(const std::string& /*sid*/) {}

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
    // Goes out at the end of the turn.
    void send(std::string_view bytes);
    // The same for -ERR and the like, which traces show.
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

  protected:
    // The role, in the order in which these are called. What has a body here is for roles that have
    // something to do then.
    // "Client": for the log.
    [[nodiscard]] virtual std::string_view role_name() const noexcept = 0;
    // Before anything is sent or read.
    virtual void prepare() {}
    // What the server says first. Before the TLS handshake, after it, or not at all.
    virtual void greet() {}
    // The address is known. False: the role has closed the connection.
    [[nodiscard]] virtual bool enter() { return true; }
    // The stream is ready: from now on read_commands() is called.
    virtual void open() {}
    // There may be input: up to its end, or some of it, if the connection is watched on.
    virtual void read_commands() = 0;
    // What the peer sent already while the connection opened.
    virtual void take_early(std::string_view input) = 0;
    // Memory ran out while it read: forgets what it has of commands.
    virtual void forget_input() {}
    // Whether the peer is asked for a PONG now.
    [[nodiscard]] virtual bool expects_pong() const { return false; }
    virtual void count_slow_consumer() {}
    // It closes: nothing more is taken or delivered.
    virtual void leave() {}
    // Its stream has ended; `opened`: it was one that commands could come by.
    virtual void left(CloseReason /*reason*/, bool /*opened*/) {}
    // What the log shows behind its address and id: `"v1:go:app" - "$G/user:a" - `.
    [[nodiscard]] virtual std::string log_labels() const { return {}; }
    // The same, and what else it knows of the peer, as fields.
    virtual void add_log_fields(LogFields& /*fields*/) const {}

    [[nodiscard]] Logger& logger() const noexcept;
    [[nodiscard]] std::string log_prefix() const;
    // Lets traces of deliveries show it.
    void show_log_prefix();
    void trace_in(std::string_view operation, std::string_view arguments) const;
    void trace_out(std::string_view what) const;

    // Whether anything came is false also if the connection is closed by that.
    [[nodiscard]] bool took_input(const IoResult& result);
    void close_for_read_error();
    void pause_input();
    void watch_input();  // after a pause
    [[nodiscard]] bool paused() const noexcept { return paused_; }
    // Closed or paused: no further command is taken.
    [[nodiscard]] bool stopped() const noexcept { return stopped_; }
    // False until a proxy before it has said it.
    [[nodiscard]] bool knows_address() const noexcept;
    // Whether it has still to open by the TLS of its listener.
    [[nodiscard]] bool awaits_tls() const noexcept;
    // Runs what takes input: without memory for it, the connection is closed, and others go on.
    template <class Function>
    void guarded(Function take) {
        try {
            take();
        } catch (const std::bad_alloc&) {
            fail_for_memory();
        }
    }

    void start_ping_timer(std::chrono::milliseconds delay);
    void note_pong();
    void note_input() noexcept { last_input_ = loop_.reactor().now(); }

    [[nodiscard]] WallNanos start_time() const noexcept { return start_time_; }
    [[nodiscard]] int64_t rtt_nanos() const noexcept { return rtt_nanos_; }
    void set_rtt(int64_t nanos) noexcept { rtt_nanos_ = nanos; }

  private:
    friend class Opening;
    void greet_once();
    void finish_opening(std::string_view early);
    [[nodiscard]] bool watch(Interest interest);
    void fail_for_memory();
    void check_write_deadline();
    void close_slow_consumer(CloseReason reason);
    void on_ping_timer();
    [[nodiscard]] std::string shown_address() const;  // "127.0.0.1:4222"
    void write_log(LogLevel level, std::string_view message,
                   std::initializer_list<LogField> own) const;

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
    int pings_out_ = 0;
    Reactor::Clock::time_point last_input_, ping_sent_;
    int64_t rtt_nanos_ = 0;
    TimerId ping_timer_ = no_timer, write_timer_ = no_timer;
};

}  // namespace midge
