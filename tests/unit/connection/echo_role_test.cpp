// Shows that another protocol can have its own role and listeners, without a broker or a client.
#include <gtest/gtest.h>

#include <future>

#include "connection/connection.h"
#include "unit/connection/peer.h"
#include "unit/connection/small_server.h"

namespace midge {
namespace {

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

class EchoTest : public test::SmallServer {
  protected:
    EchoTest() {
        ListenerSettings plain;
        plain.role = std::make_shared<test::RoleOf<Echo>>();
        ListenerSettings proxied = plain;
        proxied.proxied = true;
        serve({plain, proxied});
    }
};

TEST_F(EchoTest, echoes_to_each_peer) {
    test::Peer one(port()), other(port());
    one.send("one");
    other.send("other");
    EXPECT_EQ(one.read(3), "one");
    EXPECT_EQ(other.read(5), "other");
    EXPECT_EQ(counts_.open, 2);
}

TEST_F(EchoTest, takes_what_comes_with_the_opening) {
    test::Peer proxy(port(1));
    proxy.send("PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\nearly");
    EXPECT_EQ(proxy.read(5), "early");
    std::promise<std::string> address;
    loop_.post([&] { address.set_value(loop_.connections().front()->address().ip); });
    EXPECT_EQ(address.get_future().get(), "192.0.2.7");
}

}  // namespace
}  // namespace midge
