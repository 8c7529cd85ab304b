#pragma once
// What the runner needs of a server: connections that carry bytes. One implementation is TCP
// (tcp_connection.h); tests and embedders may put a broker of the same process behind these two
// interfaces.
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

// One client's connection. Used from one thread.
class Connection {
  public:
    virtual ~Connection() = default;
    // Hands all of `bytes` over. Bytes for a connection that the peer closed vanish; receive()
    // tells of the end.
    virtual void send(std::string_view bytes) = 0;
    // Waits for at least one byte, the end of the connection or the deadline.
    [[nodiscard]] virtual Received receive(Clock::time_point deadline) = 0;
    // Says that no more will be sent; the peer may still answer.
    virtual void finish_sending() = 0;
};

// How a connection begins.
struct Opening {
    bool tls = false;
    bool speaks_first = false;  // does not wait for the server's INFO before TLS or commands
    std::string certificate;    // the client's, by its name among the tests'; empty: none
    bool tls12 = false;         // offers no newer version
    bool websocket = false;     // TLS before it, if any
    bool compression = false;   // of WebSocket
};

// Opens connections to one server. Used from one thread.
class Dialer {
  public:
    virtual ~Dialer() = default;
    // When TLS fails, the connection is one that the peer has closed.
    [[nodiscard]] virtual Result<std::unique_ptr<Connection>> connect(const Opening& opening) = 0;
};

}  // namespace midge::wire
