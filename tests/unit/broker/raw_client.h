#pragma once
// A client that speaks the protocol by hand, for tests of the broker within one process.
#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <string>
#include <string_view>

namespace midge::test {

// Throws Poco exceptions when the connection fails; a wait that lasts longer than `patience` fails
// the test. The server's own PINGs, which come by the clock, are not seen, and not answered either,
// as a test may be sending on another thread.
class RawClient {
  public:
    static constexpr int patience_seconds = 20;

    explicit RawClient(uint16_t port);
    void send(std::string_view bytes);
    // Everything up to and including `ending`; what came after stays for the next call. Empty if
    // the peer closed before.
    std::string read_until(std::string_view ending);
    // Exactly `count` bytes, fewer only if the peer closed.
    std::string read_bytes(size_t count);
    // What comes before the peer closes.
    std::string read_to_end();
    // CONNECT with `options` and a PING; returns when the PONG is there.
    void log_in(
        std::string_view options = R"({"verbose":false,"headers":true,"no_responders":true})");
    // A PING round trip; gives what came before the PONG.
    std::string flush();
    [[nodiscard]] Poco::Net::StreamSocket& socket() { return socket_; }
    std::string info;          // the first INFO line
    std::string connect_info;  // the second; kept by who reads it

  private:
    bool receive();
    void take_items();
    Poco::Net::StreamSocket socket_;
    std::string incoming_;  // from the beginning of a line or message that is not complete
    std::string buffer_;    // what is to be read
};

}  // namespace midge::test
