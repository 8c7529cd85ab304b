#pragma once
// What happens on a connection before the first command of the peer.
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

// Turns the raw stream of a new connection into a stream for commands. It reads the PROXY header
// (opening_proxy.cpp), reads the line with which a dialled peer begins before TLS
// (opening_first_line.cpp), makes the TLS handshake (opening_tls.cpp), and upgrades to WebSocket
// (opening_websocket.cpp), each if the listener wants it. Owned by its connection, which destroys
// it when the opening is over, maybe within a call of the opening.
class Opening {
  public:
    // A peer that has not logged in can make the server keep one control line and this many bytes.
    static constexpr size_t read_slack = 512;

    // `has_room`: the server may have one more connection. `proxied`: the peer begins with a PROXY
    // header. `dialled`: as for Connection::start().
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
    // To be called when the loop has a handshake step for it (EventLoop::take_handshake_step).
    void continue_handshake();
    // To be called when the connection closes.
    void stop_timer();
    // False until the PROXY header has told the address.
    [[nodiscard]] bool knows_address() const noexcept { return state_ != State::proxy_header; }
    // Whether the opening still needs the TLS settings of its listener.
    [[nodiscard]] bool awaits_tls() const noexcept {
        return state_ == State::first_line || state_ == State::first_byte ||
               state_ == State::handshake;
    }

  private:
    enum class State : uint8_t {
        undecided,
        proxy_header,
        first_line,
        first_byte,
        handshake,
        upgrade
    };

    // `early`: bytes that the peer has sent already.
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

    // The first line of a peer that the server has dialled
    void await_first_line();
    void read_first_line();
    void take_first_line(std::string_view input);
    void judge_first_line(std::string_view input, size_t end);
    void continue_without_tls(std::string_view input);

    // WebSocket
    void await_upgrade(std::string_view early);
    void read_upgrade();
    void take_upgrade(std::string_view input);
    void finish_upgrade(Upgrade upgrade);
    [[nodiscard]] bool wrap_in_websocket(const Upgrade& upgrade);
    // Sends the staged bytes before another stream takes over. False: that has failed, and the
    // connection is closed.
    [[nodiscard]] bool flush();

    Connection& connection_;
    State state_;
    const bool has_room_;
    const std::string dialled_;  // empty: the peer has dialled
    // Bytes of an incomplete header, line or request; then, until the end of the handshake, the
    // first line of a peer that was dialled.
    std::string rest_;
    size_t ignored_bytes_ = 0;  // bytes of the PROXY header that are still to come
    TimerId timer_ = no_timer;
};

}  // namespace midge
