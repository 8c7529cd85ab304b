#pragma once
// One client connection.
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/close_reason.h"
#include "base/wire_error.h"
#include "broker/client_limits.h"
#include "broker/event_loop.h"
#include "broker/gathered_command.h"
#include "broker/login.h"
#include "broker/reply_permits.h"
#include "broker/subscription.h"
#include "event/events.h"
#include "net/reactor.h"
#include "net/tls_stream.h"
#include "protocol/parser.h"
#include "websocket/websocket_stream.h"

namespace midge {

// What new claims of an account mean to those who are connected.
struct AccountTerms {
    std::shared_ptr<const AccountClaims> claims;
    std::shared_ptr<const Permissions> default_permissions;  // null: everything
};

// Owned by its event loop, on whose thread everything here happens. Between turns it keeps only
// what has not been understood yet, so an idle connection holds next to no memory.
class Session final : public IoHandler {
  public:
    // What a peer that has not logged in may make us keep: one control line, and little more.
    static constexpr size_t unauthenticated_read_slack = 512;

    Session(EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream, ListenerKind kind);
    ~Session() override;

    // Sends INFO, or expects a TLS handshake first, and starts to read; closes at once if the
    // server is full.
    void start();
    [[nodiscard]] uint64_t id() const noexcept { return id_; }
    [[nodiscard]] Account* account() const noexcept { return grant_.account; }
    // Whether it is one of its account's connections.
    [[nodiscard]] bool counted_in() const noexcept { return counted_in_; }
    [[nodiscard]] const LoginGrant& grant() const noexcept { return grant_; }
    // What a service of another account may know of the client that asks; `shared`: all.
    [[nodiscard]] ClientInfo requestor_info(bool shared) const;
    [[nodiscard]] const std::string& server_name() const noexcept;

    // Ends the connection: subscriptions, events, socket. Idempotent; the session is destroyed at
    // the end of the turn.
    void close(CloseReason reason);
    // -ERR, then close().
    void close_with(WireError error, CloseReason reason);
    // New settings are in force: limits change, and who may no longer be here is closed.
    void on_reload();
    // The account's claims were replaced: who may no longer be here is closed, limits and default
    // permissions change.
    void on_account_claims(const AccountTerms& terms);
    void send_info(bool with_connect_info);
    // An INFO that says "lame duck" to a client that reads INFOs and has seen its own first; false
    // to others.
    bool send_lame_duck_info();

    // What it publishes goes to somebody whose queue is nearly full: it is not read from for a
    // moment. The message under way is delivered.
    void stall();
    // The same, until `receiver` has room or turns out to read no more.
    void wait_for_room(Outbound& receiver);
    void on_room(uint32_t wait_number);

    // Goes on with a TLS handshake for which this turn of the loop has a step.
    void resume_handshake();

    void on_outbound_event(OutboundEvent event);
    void drop_subscription(const std::string& sid);
    // As drop_subscription(), but only if its deliveries are used up: `sid` may have been given
    // anew meanwhile.
    void drop_spent_subscription(std::string_view sid);

    // IoHandler
    void on_readable() override;
    void on_writable() override;

    // Parser handler: false stops parsing.
    bool on_publish(const PublishCommand& command);
    bool on_subscribe(const SubscribeCommand& command);
    bool on_unsubscribe(std::string_view sid, int64_t max);
    bool on_ping();
    bool on_pong();
    bool on_connect(std::string_view json);
    bool on_client_error(std::string_view text);

  private:
    // What a client logs in with.
    enum class Offered : uint8_t { nothing, nkey, user, token };
    // What only few know of a client; allocated at its CONNECT.
    struct Profile {
        std::string lang, version;
        std::unique_ptr<ConnectCredentials> given;  // for another CONNECT; null: none
        bool shows_jwt = false;                     // to events
        std::string offered_user;                   // as the log may show it
        Offered offered = Offered::nothing;
        Waiting login;  // of the login under way
    };

    // Input (session.cpp)
    void take_input();
    void fail_for_memory();
    void process(std::string_view input);
    [[nodiscard]] bool took_input(const IoResult& result);
    void keep_rest(std::string_view rest, size_t wanted, bool is_start);
    void gather(std::string_view rest);
    void read_gathered();
    void fail_parse(const ParseOutcome& outcome);
    void pause_input();
    void resume_input();

    // What its listener asks of it.
    [[nodiscard]] const ListenerSettings& listener() const noexcept {
        return websocket_ ? loop_.settings().websocket : loop_.settings().clients;
    }

    // Before the first command: whose connection a proxy passes on (session_proxy.cpp), then TLS,
    // or the choice of it (session_tls.cpp), then the upgrade to WebSocket (session_websocket.cpp).
    enum class Opening : uint8_t { open, proxy_header, awaits_first_byte, handshake, upgrade };
    void await_proxy_header();
    void start_proxy_timer(std::chrono::milliseconds patience, bool info_due);
    void on_no_proxy_header();
    void read_proxy_header();
    void take_proxy_header(std::string_view input);
    void finish_proxy_header(std::string_view early);
    void fail_proxy_header(std::string_view why);
    void begin(std::string_view early);
    [[nodiscard]] std::optional<size_t> read_opening(char* buffer, size_t room);
    void begin_tls(std::string_view early);
    void take_first_bytes(std::string_view input);
    void await_first_byte(std::chrono::milliseconds patience);
    void on_no_first_byte();
    void read_first_byte();
    void start_handshake(std::string_view early);
    void continue_opening();
    void continue_handshake();
    void step_handshake();
    void finish_handshake();
    void fail_handshake(LogLevel level, std::string_view why);
    void open();

    // Of a client of the WebSocket listener
    struct Websocket {
        WebsocketStream* stream = nullptr;  // outbound_'s, after the upgrade
        bool room = true;                   // the server had some when it came
        CookieValues cookies;
        std::string forwarded_for;  // for the log: anybody can say so
    };
    void await_upgrade(std::string_view early);
    void read_upgrade();
    void take_upgrade(std::string_view input);
    void finish_upgrade(Upgrade upgrade);
    void tell_close(CloseReason reason);
    void take_cookies(ConnectOptions& connect) const;
    [[nodiscard]] std::chrono::milliseconds websocket_handshake_timeout() const noexcept;
    void close_for_read_error();

    // Output (session.cpp)
    void send(std::string_view bytes);
    void send_error(std::string_view line);
    void send_ok();
    void check_write_deadline();

    // Login (session_login.cpp)
    void log_in(LoginRequest request);
    // Judges again what was judged by settings or claims that are not in force any more.
    void finish_login(const Authenticator& judge, LoginRequest request, Result<LoginGrant> grant,
                      LoginCase how);
    bool enter_without_connect();
    [[nodiscard]] ConnectOptions connect_so_far() const;
    void keep_connect(const ConnectOptions& connect);
    void note_left_out() const;
    bool accept_login(LoginGrant grant);
    [[nodiscard]] bool enter_account(LoginGrant grant);
    void refuse_login(const Error& why, LoginCase how);
    void leave_account();
    [[nodiscard]] std::optional<CertificateNames> certificate_names() const;
    [[nodiscard]] std::optional<CalloutTls> callout_tls() const;
    [[nodiscard]] bool check_connect_options();
    void apply_limits();
    void renew_limits();
    void renew_account();
    Renewal renew_grant();
    [[nodiscard]] bool renew_scope(const std::shared_ptr<const AccountClaims>& claims);
    [[nodiscard]] bool is_over_subscriptions_max(bool at_it) const noexcept;
    void start_expiry_timer();
    void start_auth_timer();
    void start_ping_timer(std::chrono::milliseconds delay);
    void on_ping_timer();

    // Limits for each user and address (session_limits.cpp)
    struct Places {
        ClientPlace address;
        ClientPlace user;
    };
    [[nodiscard]] bool enter_from_address();
    [[nodiscard]] bool enter_as_user();
    void note_failed_login();
    void throttle();
    void pause_for(std::chrono::milliseconds silence);

    // Waiting for those who get what it publishes (session_waiting.cpp)
    [[nodiscard]] RoomWaiter room_waiter() noexcept { return {&loop_, id_, wait_number_}; }
    void note_stall();
    void start_progress_timer();
    void end_wait();
    void drop_pause();

    // Commands (session_commands.cpp)
    enum class PublishVerdict : uint8_t { allowed, subject_denied, reply_denied };
    // As the account maps it, valid until the thread's next message; an empty subject: it is lost.
    [[nodiscard]] const PublishCommand& map_publish(const PublishCommand& command);
    // The command or what it is mapped to; null if it may not be published.
    [[nodiscard]] const PublishCommand* publishable(const PublishCommand& command);
    [[nodiscard]] PublishVerdict judge_publish(const PublishCommand& command);
    [[nodiscard]] bool may_publish_to(std::string_view subject);
    // Tells the client, in the line that is given back, and the log.
    std::string refuse_publish(PublishVerdict verdict, const PublishCommand& command);
    void answer_no_responders(const PublishCommand& command);
    // Messages whose way is to be traced (session_tracing.cpp)
    [[nodiscard]] bool publish_traced(const PublishCommand& command);
    void route_traced(const PublishCommand& command, TraceRecorder& recorder);
    void publish_trace(const TraceRecorder& recorder);
    [[nodiscard]] bool add_subscription(const SubscribeCommand& command);
    void refuse_subscription(const SubscribeCommand& command);
    void note_other_verdict(const SubscribeCommand& command, SubscribeVerdict verdict);
    [[nodiscard]] bool has_room_for_subscription(const SubscribeCommand& command);
    void drop_all_subscriptions();
    // While it is connected (session_permissions.cpp)
    void change_permissions(std::shared_ptr<const Permissions> permissions);
    void renew_reply_permits();
    [[nodiscard]] SubscribeVerdict judge_subscribe(std::string_view subject,
                                                   std::string_view queue) const;
    [[nodiscard]] Subscription::ForClient receiver(SubscribeVerdict verdict) const;
    void renew_subscription(Ref<Subscription>& subscription, SubscribeVerdict verdict);
    void remove_subscription(const std::string& sid);
    // What subscriptions get through the account's imports (session_imports.cpp). Few accounts have
    // any.
    struct Imported {
        StreamImports imports;  // those in force
        std::unordered_multimap<std::string, Ref<Subscription>, TextHash, std::equal_to<>> by_sid;
    };
    void add_imported(const Subscription& subscription, const StreamImports& imports);
    void drop_imported(const std::string& sid);
    void renew_imported(const Subscription& by);
    void drop_all_imported();
    void renew_imports();

    // Events and log (session_events.cpp)
    [[nodiscard]] ClientInfo client_info() const;
    // Where the client is, as far as the proxy before it says.
    [[nodiscard]] const PeerAddress& client_address() const noexcept {
        return forwarded_for_ ? *forwarded_for_ : outbound_->stream().peer();
    }
    void publish_connect();
    void publish_disconnect(CloseReason reason);
    void publish_auth_error(const Error& why, LoginCase how);
    [[nodiscard]] DisconnectEvent disconnect_event(CloseReason reason) const;
    [[nodiscard]] std::string log_prefix() const;
    // Lets traces of deliveries show it.
    void show_log_prefix();
    template <class... Args>
    void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) const;
    [[nodiscard]] std::string client_label() const;
    [[nodiscard]] std::string account_label() const;
    [[nodiscard]] std::string login_label() const;
    [[nodiscard]] std::string offered_label() const;
    [[nodiscard]] std::string user_label() const;
    void trace_in(std::string_view operation, std::string_view arguments) const;
    void trace_out(std::string_view what) const;
    void trace_publish(const PublishCommand& command) const;

    EventLoop& loop_;
    const uint64_t id_;
    const WallNanos start_time_;
    Ref<Outbound> outbound_;
    Watch watch_;
    ParserLimits limits_;

    // Input that waits for more bytes, or for the login.
    std::string rest_;
    size_t wanted_ = 0;
    std::unique_ptr<GatheredCommand> gathered_;  // in place of rest_
    bool paused_ = false;
    bool watching_writable_ = false;
    bool reads_much_ = false;
    bool stall_told_ = false;
    uint8_t stalls_ = 0;        // since the last read
    uint32_t wait_number_ = 0;  // of the last wait for room
    Ref<Outbound> awaited_;     // null: does not wait for room
    Opening opening_ = Opening::open;
    bool info_sent_ = false;
    TlsStream* tls_ = nullptr;              // outbound_'s stream, once it is one, or within it
    std::unique_ptr<Websocket> websocket_;  // null: a client of the other listener
    size_t ignored_bytes_ = 0;              // of the proxy's header, that are still to come
    std::unique_ptr<PeerAddress> forwarded_for_;

    // Login
    std::string nonce_;
    LoginGrant grant_;
    static constexpr int64_t subscriptions_unlimited = std::numeric_limits<int64_t>::max();
    std::shared_ptr<const SubjectMappings> mappings_;      // the account's, in force; null: none
    std::unique_ptr<Imported> imported_;                   // null: the account imports nothing
    int64_t subscriptions_max_ = subscriptions_unlimited;  // the least of server, account and user
    std::unique_ptr<Profile> profile_;
    std::unique_ptr<Places> places_;  // null without such limits
    bool connected_ = false;          // CONNECT was accepted
    bool counted_in_ = false;         // is one of its account's connections
    bool logging_in_ = false;
    bool info_due_ = false;       // the first PING after CONNECT is answered with an INFO too
    bool answered_ping_ = false;  // of those after CONNECT
    bool closed_ = false;
    bool stopped_ = false;  // closed or paused: the parser must not go on
    bool verbose_ = true, pedantic_ = true, echo_ = true, headers_ = false, no_responders_ = false;
    int protocol_ = 0;

    // Subscriptions by sid
    std::unordered_map<std::string, Ref<Subscription>, TextHash, std::equal_to<>> subscriptions_;
    Ref<ReplyPermits> reply_permits_;

    // The permission verdict of the last publish subject: publishers repeat themselves.
    std::string last_allowed_subject_;
    bool repeats_allowed_ = false;  // a command like the last one may pass unchecked

    uint64_t received_messages_ = 0, received_bytes_ = 0;
    Reactor::Clock::time_point last_input_, ping_sent_;
    int64_t rtt_nanos_ = 0;
    int pings_out_ = 0;
    TimerId auth_timer_ = no_timer, ping_timer_ = no_timer, expiry_timer_ = no_timer,
            write_timer_ = no_timer;
    TimerId throttle_timer_ = no_timer;  // of a pause of its input
};

}  // namespace midge
