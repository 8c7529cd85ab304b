#pragma once
// What comes before a peer's first command.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "net/reactor.h"
#include "websocket/upgrade.h"

namespace midge {

class Connection;

// Whose connection a proxy passes on (opening_proxy.cpp), then TLS, or the choice of it
// (opening_tls.cpp), then the upgrade to WebSocket (opening_websocket.cpp): makes one ready stream
// of a raw one. Belongs to its connection, which destroys it when the opening is over, also within
// its own calls.
class Opening {
  public:
    // What a peer that has not logged in may make us keep: one control line, and little more.
    static constexpr size_t read_slack = 512;

    // `has_room`: the server has some for the connection. A proxied one begins with a PROXY header.
    // `dialled`: as for Connection::start().
    Opening(Connection& connection, bool has_room, bool proxied, std::string dialled)
        : connection_(connection),
          state_(proxied ? State::proxy_header : State::undecided),
          has_room_(has_room),
          dialled_(std::move(dialled)) {}
    ~Opening();
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;

    void start();
    void on_readable();
    [[nodiscard]] bool in_handshake() const noexcept { return state_ == State::handshake; }
    // When this turn of the loop has a step for it.
    void continue_handshake();
    // When the connection closes.
    void stop_timer();
    // False until a proxy has said it.
    [[nodiscard]] bool knows_address() const noexcept { return state_ != State::proxy_header; }
    // Whether it depends on the TLS of its listener.
    [[nodiscard]] bool awaits_tls() const noexcept {
        return state_ == State::first_byte || state_ == State::handshake;
    }

  private:
    enum class State : uint8_t { undecided, proxy_header, first_byte, handshake, upgrade };

    // `early`: what the peer has sent already.
    void begin(std::string_view early);
    [[nodiscard]] std::optional<size_t> read(char* buffer, size_t room);
    void start_timer(std::chrono::milliseconds patience, Task on_timeout);

    // The PROXY protocol
    void await_proxy_header();
    void start_proxy_timer(std::chrono::milliseconds patience, bool greeting_due);
    void on_no_proxy_header();
    void read_proxy_header();
    void take_proxy_header(std::string_view input);
    void finish_proxy_header(std::string_view early);
    void fail_proxy_header(std::string_view why);

    // TLS
    void begin_tls(std::string_view early);
    void await_first_byte(std::chrono::milliseconds patience);
    void on_no_first_byte();
    void read_first_byte();
    void take_first_bytes(std::string_view input);
    void start_handshake(std::string_view early);
    void step_handshake();
    void finish_handshake();
    void fail_handshake(LogLevel level, std::string_view why);

    // WebSocket
    void await_upgrade(std::string_view early);
    void read_upgrade();
    void take_upgrade(std::string_view input);
    void finish_upgrade(Upgrade upgrade);
    [[nodiscard]] bool wrap_in_websocket(const Upgrade& upgrade);
    // What is staged goes out as it is, before another stream takes over. False: it could not,
    // and the connection is closed.
    [[nodiscard]] bool flush();

    Connection& connection_;
    State state_;
    const bool has_room_;
    const std::string dialled_;  // empty: the peer has dialled
    std::string rest_;           // that has not been understood yet
    size_t ignored_bytes_ = 0;   // of the proxy's header, that are still to come
    TimerId timer_ = no_timer;
};

}  // namespace midge
