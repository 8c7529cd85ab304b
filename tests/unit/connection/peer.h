#pragma once
// The other end of a connection, for the protocols of tests.
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <string>

namespace midge::test {

// Throws Poco exceptions if the connection fails, or if nothing is received for `patience_seconds`.
class Peer {
  public:
    static constexpr int patience_seconds = 20;

    explicit Peer(uint16_t port) : socket_(Poco::Net::SocketAddress("127.0.0.1", port)) {
        socket_.setReceiveTimeout(Poco::Timespan(patience_seconds, 0));
    }
    void send(const std::string& bytes) {
        socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
    }
    // Returns fewer bytes only if the server has closed the connection.
    std::string read(size_t count) {
        std::string bytes(count, '\0');
        for (size_t at = 0; at < count;) {
            const int more = socket_.receiveBytes(&bytes[at], static_cast<int>(count - at));
            if (more == 0) return bytes.substr(0, at);
            at += static_cast<size_t>(more);
        }
        return bytes;
    }
    // Returns a line without its end.
    std::string read_line() {
        std::string line;
        for (std::string byte; (byte = read(1)) != "\n" && !byte.empty();) line += byte;
        return line;
    }

  private:
    Poco::Net::StreamSocket socket_;
};

}  // namespace midge::test
