#pragma once
// The role of a client on its connection.
#include <string>
#include <string_view>

#include "client/client_login.h"
#include "client/client_state.h"
#include "client/command_input.h"
#include "connection/connection.h"
#include "connection/input_pause.h"
#include "routing/publisher.h"

namespace midge {

// Reads commands and publishes; the other parts of it (ClientLogin, subscribing.h, client_events.h)
// work with its connection and its state.
class Session final : public Connection, public Publisher {
  public:
    Session(EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream, ListenerIndex listener);

    [[nodiscard]] const ClientState& client() const noexcept { return client_; }
    [[nodiscard]] ClientLogin& login() noexcept { return login_; }
    // How often it had to wait for its receivers.
    [[nodiscard]] uint32_t stalls() const noexcept { return pause_.stalls(); }
    // New settings are in force.
    void on_reload();
    // An INFO that says "lame duck", to a client that reads INFOs and has seen its own first.
    void tell_lame_duck();

    // Publisher
    void stall() override { pause_.stall(); }
    void wait_for_room(RoomSource& receiver) override { pause_.wait_for_room(receiver); }
    [[nodiscard]] ClientInfo requestor_info(bool shared) const override;
    [[nodiscard]] const std::string& server_name() const noexcept override;

    // Connection
    void on_room(uint32_t wait_number) override { pause_.on_room(wait_number); }
    void on_subscription_spent(const std::string& sid) override {
        client_.subscriptions.drop_spent(sid);
    }

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
    void prepare() override { login_.prepare(); }
    void greet() override;
    [[nodiscard]] bool enter() override;
    void open() override;
    void read_commands() override;
    void take_early(std::string_view input) override { process(input); }
    void read_kept() override;
    void forget_input() override { input_.forget(); }
    [[nodiscard]] bool expects_pong() const override;
    void note_slow_consumer(CloseReason reason) override;
    void leave() override;
    void left(CloseReason reason, bool opened) override;
    [[nodiscard]] std::string log_labels() const override;
    void add_log_fields(LogFields& fields) const override;

    void note_closed(CloseReason reason);
    void process(std::string_view input);
    void fail_parse(const ParseOutcome& outcome);

    // Publishing (session_publish.cpp)
    // The command, or what the account maps it to; null if it may not be published.
    [[nodiscard]] const PublishCommand* publishable(const PublishCommand& command);
    [[nodiscard]] const PublishCommand& mapped(const PublishCommand& command);
    [[nodiscard]] PublishVerdict judge(const PublishCommand& command);
    void throttle();
    void answer_no_responders(const PublishCommand& command);
    // Messages whose way is to be traced (session_tracing.cpp)
    [[nodiscard]] bool publish_traced(const PublishCommand& command);
    void route_traced(const PublishCommand& command, TraceRecorder& recorder);

    ClientState client_;
    CommandInput input_;
    InputPause pause_;
    ClientLogin login_;
};

}  // namespace midge
