// Log lines about refused clients and refused claims, with nats-server's texts.
#include <gtest/gtest.h>

#include "broker/broker.h"
#include "config/options_loader.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::LineLogger;
using test::RawClient;

class RefusalLogTest : public testing::Test {
  protected:
    void start(const std::string& config, LogLevel least = LogLevel::info) {
        broker_.reset();
        log_ = std::make_unique<LineLogger>(least);
        auto loaded = load_options_from_text("listen: \"127.0.0.1:-1\"\n" + config, "server.conf",
                                             system_config_sources());
        ASSERT_TRUE(loaded);
        broker_ = std::make_unique<Broker>(std::move(loaded->options), *log_);
        ASSERT_TRUE(broker_->start({}));
    }
    RawClient logged_in(const std::string& options = "{\"verbose\":false}") {
        RawClient client(broker_->port());
        client.log_in(options);
        return client;
    }
    // Returns the number of lines that end in `text`.
    [[nodiscard]] size_t count(const std::string& text) const {
        size_t found = 0;
        const std::string lines = log_->lines();
        for (size_t at = lines.find(text + "\n"); at != std::string::npos;
             at = lines.find(text + "\n", at + 1))
            ++found;
        return found;
    }
    void TearDown() override {
        if (HasFailure()) std::fputs(log_->lines().c_str(), stderr);
    }

    std::unique_ptr<LineLogger> log_;
    std::unique_ptr<Broker> broker_;
};

TEST_F(RefusalLogTest, a_full_server) {
    start("max_connections: 1");
    RawClient first = logged_in();
    RawClient second(broker_->port());
    EXPECT_EQ(second.read_to_end(), "-ERR 'maximum connections exceeded'\r\n");
    EXPECT_EQ(count(" - maximum connections exceeded"), 1U);
}

TEST_F(RefusalLogTest, a_full_account) {
    start("accounts { A { users: [{user: a, password: a}], limits { max_conn: 1 } } }");
    const std::string options = R"({"verbose":false,"user":"a","pass":"a"})";
    RawClient first = logged_in(options);
    RawClient second(broker_->port());
    second.send("CONNECT " + options + "\r\n");
    EXPECT_EQ(second.read_to_end(), "-ERR 'maximum account active connections exceeded'\r\n");
    EXPECT_EQ(count(" - maximum account active connections exceeded"), 1U);
}

TEST_F(RefusalLogTest, what_is_no_protocol_and_what_is_no_json) {
    start("");
    const auto ends = [this](const std::string& text) {
        RawClient client(broker_->port());
        client.send(text);
        client.read_to_end();
    };
    ends("BOGUS\r\n");
    EXPECT_EQ(count(" - Client parser ERROR, state=0, i=0: proto='\"BOGUS\\r\"...'"), 1U);
    ends("CONNECT {\"pass\":secret}\r\n");
    EXPECT_EQ(count(" - invalid character 's' looking for beginning of value"), 1U);
    ends("CONNECT {\"protocol\":2}\r\n");
    EXPECT_EQ(count(" - invalid client protocol"), 1U);
    ends("CONNECT {\"no_responders\":true}\r\n");
    EXPECT_EQ(count(" - no responders requires headers support"), 1U);
    ends("PUB a 2000000\r\n");
    EXPECT_EQ(count(" - maximum payload exceeded: 2000000 vs 1048576"), 1U);
    ends("SUB " + std::string(5000, 'a'));
    EXPECT_EQ(count(" - maximum control line exceeded"), 1U);
    EXPECT_EQ(log_->lines().find("secret"), std::string::npos);
}

TEST_F(RefusalLogTest, subscriptions_with_their_queue_and_too_many_tokens) {
    start(
        "max_subscription_tokens: 2\n"
        "authorization { users: [{user: a, password: a, permissions: {subscribe: [\"x\"]}}] }");
    RawClient client = logged_in(R"({"verbose":false,"user":"a","pass":"a"})");
    client.send("SUB jobs v2 1\r\nSUB y 2\r\n");
    client.flush();
    EXPECT_EQ(count(" - Subscription Violation - Subject \"jobs\", Queue: \"v2\", SID 1"), 1U);
    EXPECT_EQ(count(" - Subscription Violation - Subject \"y\", SID 2"), 1U);
    start("max_subscription_tokens: 2");
    RawClient other = logged_in();
    other.send("SUB a.b.c 7\r\n");
    other.flush();
    EXPECT_EQ(count(" - Subscription Violation Too Many Tokens - Subject \"a.b.c\", SID 7"), 1U);
}

TEST_F(RefusalLogTest, subscriptions_over_the_limit_once_in_two_seconds) {
    start("max_subscriptions: 1");
    ClockShift clock;
    RawClient client = logged_in();
    client.send("SUB a 1\r\nSUB b 2\r\nSUB c 3\r\n");
    client.flush();
    EXPECT_EQ(count(" - maximum subscriptions exceeded"), 1U);
    clock.advance(std::chrono::seconds(3));
    client.send("SUB b 2\r\n");
    client.flush();
    EXPECT_EQ(count(" - maximum subscriptions exceeded"), 2U);
}

TEST_F(RefusalLogTest, deliveries_are_traced_with_the_name_of_who_gets_them) {
    start("trace: true", LogLevel::trace);
    RawClient client = logged_in(R"({"verbose":false,"name":"app","lang":"c","version":"1"})");
    client.send("SUB x 1\r\nPUB x 1\r\nm\r\n");
    client.flush();
    EXPECT_EQ(count(" - \"v1:c:app\" - ->> [MSG x 1 1]"), 1U);
    EXPECT_EQ(log_->lines().find("\ncid:"), std::string::npos);
}

}  // namespace
}  // namespace midge
