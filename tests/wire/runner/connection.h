#pragma once
// The runner's interface to a server: connections that transfer bytes. It is implemented with TCP
// (tcp_connection.h). Tests and embedders may implement these two interfaces with a broker in the
// same process.
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge::wire {

using Clock = std::chrono::steady_clock;

struct Received {
    enum class What { bytes, closed, timed_out };
    What what = What::closed;
    std::string bytes;
};

// A client's connection. Used from one thread.
class Connection {
  public:
    virtual ~Connection() = default;
    // Passes on all of `bytes`. If the peer has closed the connection, the bytes are lost, and
    // receive() reports the end.
    virtual void send(std::string_view bytes) = 0;
    // Waits for at least one byte, the end of the connection or the deadline.
    [[nodiscard]] virtual Received receive(Clock::time_point deadline) = 0;
    // Ends the sending; the peer may still answer.
    virtual void finish_sending() = 0;
};

// The parameters of a new connection.
struct Opening {
    bool tls = false;
    bool speaks_first = false;  // sends TLS or commands without waiting for the server's INFO
    std::string certificate;    // name of a test certificate of the client; empty: none
    bool tls12 = false;         // offers at most TLS 1.2
    bool websocket = false;     // after TLS, if any
    bool compression = false;   // for WebSocket
};

// Opens connections to one server. Used from one thread.
class Dialer {
  public:
    virtual ~Dialer() = default;
    // If TLS fails, returns a connection that is closed by the peer.
    [[nodiscard]] virtual Result<std::unique_ptr<Connection>> connect(const Opening& opening) = 0;
};

}  // namespace midge::wire
