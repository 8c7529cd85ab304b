#include "wire/runner/tcp_connection.h"

#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>
#include <fmt/format.h>

#include <algorithm>

#include "wire/runner/tls_connection.h"
#include "wire/runner/websocket_connection.h"

namespace midge::wire {
namespace {

constexpr int read_bytes_max = 64 * 1024;
const Poco::Timespan io_timeout(10, 0);

class TcpConnection final : public Connection {
  public:
    explicit TcpConnection(Poco::Net::StreamSocket socket) : socket_(std::move(socket)) {}

    void send(std::string_view bytes) override {
        try {
            while (!bytes.empty()) {
                const int sent = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
                bytes.remove_prefix(static_cast<size_t>(sent));
            }
        } catch (const Poco::Exception&) {
            // The peer has closed the connection, or takes no more bytes: the next receive() shows
            // which.
        }
    }

    Received receive(Clock::time_point deadline) override {
        using std::chrono::microseconds;
        const auto left = std::chrono::duration_cast<microseconds>(deadline - Clock::now()).count();
        try {
            const Poco::Timespan wait(std::max<Poco::Timespan::TimeDiff>(left, 0));
            if (!socket_.poll(wait, Poco::Net::Socket::SELECT_READ)) {
                return {Received::What::timed_out, {}};
            }
            std::string bytes(read_bytes_max, '\0');
            const int count = socket_.receiveBytes(bytes.data(), read_bytes_max);
            if (count <= 0) return {Received::What::closed, {}};
            bytes.resize(static_cast<size_t>(count));
            return {Received::What::bytes, std::move(bytes)};
        } catch (const Poco::Exception&) {
            return {Received::What::closed, {}};  // a reset ends a connection like a close
        }
    }

    void finish_sending() override {
        try {
            socket_.shutdownSend();
        } catch (const Poco::Exception&) {
            // Already closed by the peer.
        }
    }

  private:
    Poco::Net::StreamSocket socket_;
};

}  // namespace

Result<std::unique_ptr<Connection>> TcpDialer::connect(const Opening& opening) {
    try {
        Poco::Net::StreamSocket socket;
        socket.connect(address_, io_timeout);
        socket.setNoDelay(true);
        socket.setSendTimeout(io_timeout);
        std::unique_ptr<Connection> connection;
        if (opening.tls) {
            connection = start_tls(socket, opening);
        } else {
            connection = std::make_unique<TcpConnection>(socket);
        }
        if (!opening.websocket) return connection;
        return start_websocket(std::move(connection), opening.compression);
    } catch (const Poco::Exception& e) {
        return fail(Errc::unavailable,
                    fmt::format("no connection to {}: {}", address_.toString(), e.displayText()));
    }
}

}  // namespace midge::wire
