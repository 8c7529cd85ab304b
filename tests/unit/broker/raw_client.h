#pragma once
// A client for tests with a broker in the same process; the tests write the protocol themselves.
#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <string>
#include <string_view>

namespace midge::test {

// Throws Poco exceptions if the connection fails. A wait of more than `patience_seconds` fails the
// test. PINGs of the server, which depend on the time, are hidden and not answered, because the
// test may be sending on another thread.
class RawClient {
  public:
    static constexpr int patience_seconds = 20;

    explicit RawClient(uint16_t port);
    void send(std::string_view bytes);
    // Returns everything up to and including `ending`; the rest stays for the next call. Returns an
    // empty text if the peer has closed the connection before.
    std::string read_until(std::string_view ending);
    // Returns exactly `count` bytes, or fewer if the peer has closed the connection.
    std::string read_bytes(size_t count);
    // Returns everything until the peer closes the connection.
    std::string read_to_end();
    // Sends CONNECT with `options` and a PING. Returns after the PONG.
    void log_in(
        std::string_view options = R"({"verbose":false,"headers":true,"no_responders":true})");
    // Makes a PING round trip. Returns everything received before the PONG.
    std::string flush();
    [[nodiscard]] Poco::Net::StreamSocket& socket() { return socket_; }
    std::string info;          // the first INFO line
    std::string connect_info;  // the second INFO line

  private:
    bool receive();
    void take_items();
    Poco::Net::StreamSocket socket_;
    std::string incoming_;  // an incomplete line or message from its beginning
    std::string buffer_;    // input that was not read yet
};

}  // namespace midge::test
