// The limits for each user and each address.
#include "login/client_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/broker.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using namespace std::chrono_literals;
using test::LineLogger;
using test::RawClient;
using ::testing::HasSubstr;
using Verdict = ClientLimits::Verdict;

const ClientLimits::Clock::time_point start_time{std::chrono::hours(10)};

TEST(MessageRate, lets_a_second_of_messages_through_at_once_and_then_so_many_a_second) {
    MessageRate rate;
    for (int i = 0; i < 100; ++i) ASSERT_EQ(rate.take(start_time, 100), 0ns) << i;
    EXPECT_EQ(rate.take(start_time, 100), 10ms);
    EXPECT_EQ(rate.take(start_time, 100), 20ms);
    EXPECT_EQ(rate.take(start_time + 500ms, 100), 0ns);
    MessageRate fast;
    for (int i = 0; i < 10'000; ++i) ASSERT_EQ(fast.take(start_time, 10'000), 0ns) << i;
    EXPECT_EQ(fast.take(start_time, 10'000), 10ms);  // no shorter silence
}

TEST(ClientLimits, gives_a_place_back_when_its_owner_goes) {
    ClientLimits limits;
    ClientLimitOptions options;
    options.connections_per_ip = 2;
    auto first = limits.enter_from("1.2.3.4", options, start_time);
    auto second = limits.enter_from("1.2.3.4", options, start_time);
    EXPECT_EQ(limits.enter_from("1.2.3.4", options, start_time).verdict, Verdict::too_many);
    EXPECT_EQ(limits.enter_from("1.2.3.5", options, start_time).verdict, Verdict::granted);
    first.place = {};
    EXPECT_EQ(limits.enter_from("1.2.3.4", options, start_time).verdict, Verdict::granted);
}

TEST(ClientLimits, bans_an_address_for_a_time) {
    ClientLimits limits;
    ClientLimitOptions options;
    options.failed_logins_per_minute = 2;
    options.ban_duration = 30s;
    const auto verdict = [&](ClientLimits::Clock::duration after) {
        return limits.enter_from("1.2.3.4", options, start_time + after).verdict;
    };
    EXPECT_FALSE(limits.login_failed("1.2.3.4", options, start_time));
    EXPECT_FALSE(limits.login_failed("1.2.3.4", options, start_time + 10s));
    EXPECT_EQ(verdict(11s), Verdict::granted);
    // A minute later, the count starts again.
    EXPECT_FALSE(limits.login_failed("1.2.3.4", options, start_time + 61s));
    EXPECT_FALSE(limits.login_failed("1.2.3.4", options, start_time + 62s));
    EXPECT_FALSE(limits.login_failed("5.6.7.8", options, start_time + 62s));
    EXPECT_TRUE(limits.login_failed("1.2.3.4", options, start_time + 63s));
    EXPECT_EQ(verdict(92s), Verdict::banned);
    EXPECT_EQ(verdict(93s), Verdict::granted);
}

class ClientLimitsBrokerTest : public testing::TestWithParam<unsigned> {
  protected:
    void start(const ClientLimitOptions& limits) {
        Options options;
        options.host = "127.0.0.1";
        options.port = -1;
        options.threads = GetParam();
        options.client_limits = limits;
        options.authorization.users = {{"a", "x", "", {}, {}}, {"b", "x", "", {}, {}}};
        broker_ = std::make_unique<Broker>(std::move(options), log_);
        const auto started = broker_->start({});
        ASSERT_TRUE(started) << started.error().text;
    }
    // Returns the server's answer to a login and a PING.
    static std::string log_in(RawClient& client, const std::string& user,
                              const std::string& password = "x") {
        client.send(R"(CONNECT {"verbose":false,"user":")" + user + R"(","pass":")" + password +
                    "\"}\r\nPING\r\n");
        return client.read_until("\r\n");
    }
    LineLogger log_;
    std::unique_ptr<Broker> broker_;
};

INSTANTIATE_TEST_SUITE_P(Loops, ClientLimitsBrokerTest, testing::Values(1U, 3U),
                         [](const auto& test) { return std::to_string(test.param) + "_loops"; });

TEST_P(ClientLimitsBrokerTest, counts_the_connections_of_each_user) {
    ClientLimitOptions limits;
    limits.connections_per_user = 2;
    start(limits);
    RawClient first(broker_->port()), other(broker_->port()), over(broker_->port());
    EXPECT_EQ(log_in(first, "a"), "PONG\r\n");
    EXPECT_EQ(log_in(other, "b"), "PONG\r\n");
    {
        RawClient second(broker_->port());
        EXPECT_EQ(log_in(second, "a"), "PONG\r\n");
        EXPECT_EQ(log_in(over, "a"), "-ERR 'maximum connections exceeded'\r\n");
        EXPECT_EQ(over.read_to_end(), "");
    }
    // The place of the second client is free after the server has noticed its end.
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (true) {
        RawClient next(broker_->port());
        if (log_in(next, "a") == "PONG\r\n") break;
        ASSERT_LT(std::chrono::steady_clock::now(), give_up);
    }
    // A second login on the same connection does not count again.
    EXPECT_EQ(log_in(first, "a"), "PONG\r\n");
}

TEST_P(ClientLimitsBrokerTest, counts_the_connections_from_each_address) {
    ClientLimitOptions limits;
    limits.connections_per_ip = 1;
    start(limits);
    RawClient first(broker_->port());
    EXPECT_EQ(log_in(first, "a"), "PONG\r\n");
    RawClient over(broker_->port());
    EXPECT_EQ(over.read_to_end(), "-ERR 'maximum connections exceeded'\r\n");
    EXPECT_THAT(log_.lines(), HasSubstr("connections_per_ip is 1"));
}

TEST_P(ClientLimitsBrokerTest, bans_an_address_with_too_many_failed_logins) {
    ClientLimitOptions limits;
    limits.failed_logins_per_minute = 2;
    start(limits);
    RawClient there_before(broker_->port());
    EXPECT_EQ(log_in(there_before, "a"), "PONG\r\n");
    for (int i = 0; i < 3; ++i) {
        RawClient client(broker_->port());
        EXPECT_EQ(log_in(client, "a", "wrong"), "-ERR 'Authorization Violation'\r\n");
    }
    RawClient banned(broker_->port());
    EXPECT_EQ(banned.read_to_end(), "-ERR 'Authorization Violation'\r\n");
    EXPECT_EQ(there_before.flush(), "");
    EXPECT_THAT(log_.lines(),
                HasSubstr("127.0.0.1 is banned for 1m0s: more than 2 failed logins in a minute"));
}

TEST_P(ClientLimitsBrokerTest, reads_a_user_who_publishes_too_fast_slower_and_loses_nothing) {
    ClientLimitOptions limits;
    limits.messages_per_second_per_user = 200;
    start(limits);
    RawClient fast(broker_->port()), other(broker_->port());
    EXPECT_EQ(log_in(fast, "a"), "PONG\r\n");
    EXPECT_EQ(log_in(other, "b"), "PONG\r\n");
    std::string batch;
    for (int i = 0; i < 260; ++i) batch += "PUB a 1\r\nx\r\n";
    fast.send("SUB a 1\r\nPING\r\n");
    EXPECT_EQ(fast.read_until("\r\n"), "PONG\r\n");
    const auto begin = std::chrono::steady_clock::now();
    fast.send(batch + "PING\r\n");
    EXPECT_EQ(other.flush(), "");
    const std::string got = fast.read_until("PONG\r\n");
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 250ms);  // 200 at once, 60 in 300 ms
    EXPECT_EQ(got.size(), 260 * std::string_view("MSG a 1 1\r\nx\r\n").size() + 6);
}

}  // namespace
}  // namespace midge
