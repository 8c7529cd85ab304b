// Lame duck mode (docs/protocol/client-protocol.md, Lame duck mode).
#include "broker/lame_duck.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "broker/broker.h"
#include "unit/broker/collecting_sink.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::CollectingSink;
using test::LineLogger;
using test::RawClient;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::chrono::seconds patience{20};

class LameDuckTest : public testing::TestWithParam<unsigned> {
  protected:
    void start(LameDuckTimes times) {
        Options options;
        options.host = "127.0.0.1";
        options.port = -1;
        options.threads = GetParam();
        options.lame_duck_duration = times.duration;
        options.lame_duck_grace_period = times.grace_period;
        BrokerParts parts;
        parts.sinks.push_back(std::make_unique<CollectingSink>(events_));
        broker_ = std::make_unique<Broker>(std::move(options), log_);
        const auto started = broker_->start(std::move(parts));
        ASSERT_TRUE(started) << started.error().text;
    }
    // The future is ready when the last client is gone.
    std::future<void> enter() {
        auto over = std::make_shared<std::promise<void>>();
        broker_->enter_lame_duck([over] { over->set_value(); });
        return over->get_future();
    }
    LineLogger log_;
    std::shared_ptr<CollectingSink::Store> events_ = std::make_shared<CollectingSink::Store>();
    std::unique_ptr<Broker> broker_;
};

INSTANTIATE_TEST_SUITE_P(Loops, LameDuckTest, testing::Values(1U, 3U),
                         [](const auto& test) { return std::to_string(test.param) + "_loops"; });

TEST_P(LameDuckTest, is_over_at_once_without_clients) {
    start({std::chrono::hours(1), std::chrono::minutes(30)});
    EXPECT_EQ(enter().wait_for(patience), std::future_status::ready);
    EXPECT_THAT(events_->wait_for(".LAMEDUCK"), HasSubstr(broker_->server_id()));
}

TEST_P(LameDuckTest, tells_clients_then_closes_each) {
    start({std::chrono::milliseconds(300), std::chrono::milliseconds(30)});
    std::vector<RawClient> clients;
    for (int i = 0; i < 6; ++i) {
        clients.emplace_back(broker_->port());
        clients.back().log_in(R"({"verbose":false,"protocol":1})");
        EXPECT_THAT(clients.back().read_until("\r\n"), HasSubstr("\"connect_info\":true"));
    }
    RawClient old(broker_->port());
    old.log_in(R"({"verbose":false,"protocol":0})");
    auto over = enter();
    for (RawClient& client : clients) {
        const std::string info = client.read_until("\r\n");
        EXPECT_THAT(info, StartsWith("INFO {"));
        EXPECT_THAT(info, HasSubstr("\"ldm\":true"));
        EXPECT_THAT(info, Not(HasSubstr("connect_urls")));
        EXPECT_EQ(client.read_to_end(), "");
    }
    EXPECT_EQ(old.read_to_end(), "");
    EXPECT_EQ(over.wait_for(patience), std::future_status::ready);
    EXPECT_THAT(log_.lines(), HasSubstr("Closing existing clients"));
}

TEST_P(LameDuckTest, takes_no_new_clients_but_serves_those_there) {
    start({std::chrono::hours(1), std::chrono::minutes(30)});
    RawClient client(broker_->port());
    client.log_in(R"({"verbose":false,"protocol":1})");
    client.read_until("\r\n");
    const auto over = enter();
    EXPECT_THAT(client.read_until("\r\n"), HasSubstr("\"ldm\":true"));
    EXPECT_ANY_THROW(RawClient{broker_->port()});
    client.send("SUB a 1\r\nPUB a 2\r\nhi\r\n");
    EXPECT_EQ(client.read_until("hi\r\n"), "MSG a 1 2\r\nhi\r\n");
    // A second call changes nothing, and stopping does not wait for the clients' time.
    broker_->enter_lame_duck([] { FAIL() << "called for the second call"; });
    broker_->stop();
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(over.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    // Nothing after LAMEDUCK, not even SHUTDOWN.
    const std::lock_guard lock(events_->mutex);
    ASSERT_FALSE(events_->events.empty());
    EXPECT_THAT(events_->events.back().first, testing::EndsWith(".LAMEDUCK"));
}

}  // namespace
}  // namespace midge
