#pragma once
// A listener on a free port of the loopback interface, and the connections that it accepts.
#include "net/listener.h"
#include "unit/net/net_support.h"

namespace midge::net_test {

class ListLogger final : public Logger {
  public:
    bool enabled(LogLevel) const noexcept override { return true; }
    void write(LogLevel, std::string_view line) noexcept override { lines.emplace_back(line); }
    std::vector<std::string> lines;
};

class ListenerTest : public ReactorTest {
  protected:
    std::unique_ptr<Listener> open() {
        return Listener::open(
                   reactor, "127.0.0.1", 0,
                   [this](std::unique_ptr<Stream> stream) {
                       accepted.push_back(std::move(stream));
                       if (accepted.size() == stop_at) reactor.stop();
                   },
                   log)
            .value();
    }
    static Poco::Net::StreamSocket connect(const Listener& listener) {
        return Poco::Net::StreamSocket(Poco::Net::SocketAddress("127.0.0.1", listener.port()));
    }

    ListLogger log;
    std::vector<std::unique_ptr<Stream>> accepted;
    size_t stop_at = 1;
};

}  // namespace midge::net_test
