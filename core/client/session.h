#pragma once
// What a client does with its connection.
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "client/client_profile.h"
#include "client/client_role.h"
#include "client/client_subscriptions.h"
#include "client/gathered_command.h"
#include "connection/connection.h"
#include "event/events.h"
#include "login/client_limits.h"
#include "login/login.h"
#include "protocol/parser.h"
#include "routing/publisher.h"
#include "routing/reply_permits.h"
#include "routing/subscription.h"

namespace midge {

// What new claims of an account mean to those who are connected.
struct AccountTerms {
    std::shared_ptr<const AccountClaims> claims;
    std::shared_ptr<const Permissions> default_permissions;  // null: everything
};

// The role of a client: reads commands, logs in, publishes and subscribes. Between turns it keeps
// only what has not been understood yet, so an idle connection holds next to no memory.
class Session final : public Connection, public Publisher {
  public:
    using Connection::Connection;
    ~Session() override;

    [[nodiscard]] Account* account() const noexcept { return grant_.account; }
    // Whether it is one of its account's connections.
    [[nodiscard]] bool counted_in() const noexcept { return counted_in_; }
    [[nodiscard]] const LoginGrant& grant() const noexcept { return grant_; }

    // Publisher
    void stall() override;
    void wait_for_room(RoomSource& receiver) override;
    [[nodiscard]] ClientInfo requestor_info(bool shared) const override;
    [[nodiscard]] const std::string& server_name() const noexcept override;

    // New settings are in force: limits change, and who may no longer be here is closed.
    void on_reload();
    // The account's claims were replaced: who may no longer be here is closed, limits and default
    // permissions change.
    void on_account_claims(const AccountTerms& terms);
    void send_info(bool with_connect_info);
    // An INFO that says "lame duck" to a client that reads INFOs and has seen its own first; false
    // to others.
    bool send_lame_duck_info();

    // Connection
    void on_room(uint32_t wait_number) override;
    void on_subscription_spent(const std::string& sid) override { subscriptions_.drop_spent(sid); }

    // Parser handler: false stops parsing.
    bool on_publish(const PublishCommand& command);
    bool on_subscribe(const SubscribeCommand& command);
    bool on_unsubscribe(std::string_view sid, int64_t max);
    bool on_ping();
    bool on_pong();
    bool on_connect(std::string_view json);
    bool on_client_error(std::string_view text);

  private:
    // Connection
    [[nodiscard]] std::string_view role_name() const noexcept override { return "Client"; }
    void prepare() override;
    void greet() override { send_info(false); }
    [[nodiscard]] bool enter() override;
    void open() override;
    void read_commands() override;
    void take_early(std::string_view input) override { process(input); }
    void forget_input() override;
    [[nodiscard]] bool expects_pong() const override;
    void count_slow_consumer() override;
    void leave() override;
    void left(CloseReason reason, bool opened) override;
    [[nodiscard]] std::string log_labels() const override;
    void add_log_fields(LogFields& fields) const override;

    // Input (session.cpp)
    void process(std::string_view input);
    void keep_rest(std::string_view rest, size_t wanted, bool is_start);
    void gather(std::string_view rest);
    void read_gathered();
    void fail_parse(const ParseOutcome& outcome);
    void resume_input();
    void send_ok();

    [[nodiscard]] const ClientRole& role() const noexcept {
        return static_cast<const ClientRole&>(*listener().role);
    }
    [[nodiscard]] const Authenticator& authenticator() const noexcept {
        return *role().authenticator();
    }
    [[nodiscard]] ClientServer& server() const noexcept { return role().server(); }

    // Login (session_login.cpp)
    [[nodiscard]] ServerInfoFields server_info() const;
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
    // What CONNECT does not say.
    void take_cookies(ConnectOptions& connect) const;

    // Limits for each user and address (session_limits.cpp)
    struct Places {
        ClientPlace address;
        ClientPlace user;
    };
    [[nodiscard]] bool enter_as_user();
    void note_failed_login();
    void throttle();
    void pause_for(std::chrono::milliseconds silence);

    // Waiting for those who get what it publishes (session_waiting.cpp)
    [[nodiscard]] RoomWaiter room_waiter() noexcept { return {&loop(), id(), wait_number_}; }
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
    // While it is connected (session_permissions.cpp)
    void change_permissions(std::shared_ptr<const Permissions> permissions);
    void renew_reply_permits();
    [[nodiscard]] SubscribeVerdict judge_subscribe(std::string_view subject,
                                                   std::string_view queue) const;
    [[nodiscard]] ClientSubscription::Receiver receiver(SubscribeVerdict verdict) const;
    void renew_subscription(const std::string& sid, const ClientSubscription& subscription,
                            SubscribeVerdict verdict);
    void remove_subscription(const std::string& sid);

    // Events and log (session_events.cpp)
    [[nodiscard]] ClientInfo client_info() const;
    void publish_connect();
    void publish_disconnect(CloseReason reason);
    void publish_auth_error(const Error& why, LoginCase how);
    [[nodiscard]] DisconnectEvent disconnect_event(CloseReason reason) const;
    [[nodiscard]] std::string user_label() const;
    void trace_publish(const PublishCommand& command) const;

    ParserLimits limits_;

    // Input that waits for more bytes, or for the login.
    std::string rest_;
    size_t wanted_ = 0;
    std::unique_ptr<GatheredCommand> gathered_;  // in place of rest_
    bool reads_much_ = false;
    bool stall_told_ = false;
    uint8_t stalls_ = 0;        // since the last read
    uint32_t wait_number_ = 0;  // of the last wait for room
    Ref<RoomSource> awaited_;   // null: does not wait for room

    // Login
    std::string nonce_;
    LoginGrant grant_;
    static constexpr int64_t subscriptions_unlimited = std::numeric_limits<int64_t>::max();
    std::shared_ptr<const SubjectMappings> mappings_;      // the account's, in force; null: none
    int64_t subscriptions_max_ = subscriptions_unlimited;  // the least of server, account and user
    std::unique_ptr<ClientProfile> profile_;               // null before CONNECT
    std::unique_ptr<Places> places_;                       // null without such limits
    bool connected_ = false;                               // CONNECT was accepted
    bool counted_in_ = false;                              // is one of its account's connections
    bool logging_in_ = false;
    bool info_due_ = false;       // the first PING after CONNECT is answered with an INFO too
    bool answered_ping_ = false;  // of those after CONNECT
    bool verbose_ = true, pedantic_ = true, echo_ = true, headers_ = false, no_responders_ = false;
    int protocol_ = 0;

    ClientSubscriptions subscriptions_;
    Ref<ReplyPermits> reply_permits_;

    // The permission verdict of the last publish subject: publishers repeat themselves.
    std::string last_allowed_subject_;
    bool repeats_allowed_ = false;  // a command like the last one may pass unchecked

    uint64_t received_messages_ = 0, received_bytes_ = 0;
    TimerId auth_timer_ = no_timer, expiry_timer_ = no_timer;
    TimerId throttle_timer_ = no_timer;  // of a pause of its input
};

}  // namespace midge
