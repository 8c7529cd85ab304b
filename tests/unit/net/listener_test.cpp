#include "unit/net/listener_support.h"

namespace midge::net_test {
namespace {

INSTANTIATE_TEST_SUITE_P(Pollers, ListenerTest, poller_names(), poller_name);

TEST_P(ListenerTest, hands_on_a_connection_with_its_peers_address) {
    const auto listener = open();
    Poco::Net::StreamSocket client = connect(*listener);
    run();
    ASSERT_EQ(accepted.size(), 1U);
    EXPECT_EQ(accepted[0]->peer().ip, "127.0.0.1");
    EXPECT_EQ(accepted[0]->peer().port, client.address().port());
    EXPECT_EQ(log.lines.size(), 0U);
}

TEST_P(ListenerTest, accepts_more_than_one_turn_takes) {
    const auto listener = open();
    stop_at = Listener::accepts_per_turn_max + 10;
    std::vector<Poco::Net::StreamSocket> clients;
    for (size_t i = 0; i < stop_at; ++i) clients.push_back(connect(*listener));
    run_one_turn();
    EXPECT_EQ(accepted.size(), size_t{Listener::accepts_per_turn_max});
    run();
    EXPECT_EQ(accepted.size(), stop_at);
}

TEST_P(ListenerTest, fails_to_open_on_a_taken_port) {
    const auto listener = open();
    const auto second = Listener::open(
        reactor, "127.0.0.1", listener->port(), [](std::unique_ptr<Stream>) {}, log);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().text, "listen tcp 127.0.0.1:" + std::to_string(listener->port()) +
                                       ": bind: " + address_in_use);
}

TEST_P(ListenerTest, refuses_connections_once_it_is_gone) {
    auto listener = open();
    const uint16_t port = listener->port();
    listener.reset();
    EXPECT_THROW(Poco::Net::StreamSocket(Poco::Net::SocketAddress("127.0.0.1", port)),
                 Poco::Exception);
    run_one_turn();
}

}  // namespace
}  // namespace midge::net_test
