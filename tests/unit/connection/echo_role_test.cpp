// Proof of room: a protocol of its own on listeners of its own, without a broker or a client.
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <gtest/gtest.h>

#include <future>

#include "connection/connection.h"
#include "connection/connection_counts.h"
#include "net/listener.h"
#include "unit/broker/line_logger.h"

namespace midge {
namespace {

using test::LineLogger;

class Echo final : public Connection {
  public:
    using Connection::Connection;

  private:
    [[nodiscard]] std::string_view role_name() const noexcept override { return "Echo"; }
    void read_commands() override {
        char* const buffer = loop().read_buffer();
        const IoResult result = outbound().stream().read(buffer, EventLoop::usual_read_bytes);
        if (took_input(result)) take_early({buffer, result.bytes});
    }
    void take_early(std::string_view input) override { send(input); }
};

class EchoRole final : public Role {
    [[nodiscard]] std::unique_ptr<Connection> connect(EventLoop& loop, uint64_t id,
                                                      std::unique_ptr<Stream> stream,
                                                      ListenerIndex listener) const override {
        return std::make_unique<Echo>(loop, id, std::move(stream), listener);
    }
};

// Plain, and behind a proxy that tells addresses.
class EchoServer : public testing::Test {
  protected:
    EchoServer() {
        auto settings = std::make_shared<Settings>();
        for (const bool proxied : {false, true}) {
            ListenerSettings& listener = settings->listeners.emplace_back();
            listener.role = std::make_shared<EchoRole>();
            listener.proxied = proxied;
            auto opened = Listener::open(
                loop_.reactor(), "127.0.0.1", 0,
                [this, i = ListenerIndex{proxied}](std::unique_ptr<Stream> stream) {
                    loop_.adopt(std::move(stream), i);
                },
                log_);
            listeners_.push_back(std::move(*opened));
        }
        loop_.start(settings);
    }
    ~EchoServer() override {
        loop_.post([this] { listeners_.clear(); });
        loop_.stop();
    }
    Poco::Net::StreamSocket connect(size_t listener) const {
        Poco::Net::StreamSocket peer(
            Poco::Net::SocketAddress("127.0.0.1", listeners_[listener]->port()));
        peer.setReceiveTimeout(Poco::Timespan(20, 0));
        return peer;
    }
    // Sends it and gives the beginning of what comes back, `count` bytes.
    static std::string say(Poco::Net::StreamSocket& peer, const std::string& bytes, size_t count) {
        peer.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
        std::string echo(count, '\0');
        for (size_t at = 0; at < count;) {
            const int more = peer.receiveBytes(&echo[at], static_cast<int>(count - at));
            if (more == 0) return echo.substr(0, at);
            at += static_cast<size_t>(more);
        }
        return echo;
    }

    LineLogger log_{LogLevel::debug};
    ConnectionCounts counts_{log_};
    EventLoop loop_{0, 1, counts_, log_, std::move(*make_poller(""))};
    std::vector<std::unique_ptr<Listener>> listeners_;
};

TEST_F(EchoServer, echoes_to_each_peer) {
    auto one = connect(0), other = connect(0);
    EXPECT_EQ(say(one, "one", 3), "one");
    EXPECT_EQ(say(other, "other", 5), "other");
    EXPECT_EQ(counts_.open, 2);
}

TEST_F(EchoServer, takes_what_comes_with_the_opening) {
    auto proxy = connect(1);
    EXPECT_EQ(say(proxy, "PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\nearly", 5), "early");
    std::promise<std::string> address;
    loop_.post([&] { address.set_value(loop_.connections().front()->address().ip); });
    EXPECT_EQ(address.get_future().get(), "192.0.2.7");
}

}  // namespace
}  // namespace midge
