// How TLS handshakes share their loop with logged-in clients, and the log lines about handshakes
// that may not begin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <vector>

#include "broker/broker.h"
#include "support/certificates.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::certificate_path;
using test::LineLogger;
using test::RawClient;
using ::testing::Lt;

size_t count_of(std::string_view part, std::string_view text) {
    size_t count = 0;
    for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

class HandshakeTurnsTest : public testing::Test {
  protected:
    void start(int handshakes_per_second_max) {
        Options options;
        options.host = "127.0.0.1";
        options.port = -1;
        options.threads = 1;
        options.allow_non_tls = true;
        options.tls.emplace();
        options.tls->certificates.push_back(
            {certificate_path("server.pem"), certificate_path("server.key")});
        options.tls->handshakes_per_second_max = handshakes_per_second_max;
        broker_ = std::make_unique<Broker>(std::move(options), log_);
        const auto started = broker_->start({});
        ASSERT_TRUE(started) << started.error().text;
    }
    // Returns the log up to the end of a line that contains `part`.
    std::string wait_for_log(std::string_view part) {
        while (log_.lines().find(part) == std::string::npos) std::this_thread::yield();
        const std::string lines = log_.lines();
        return lines.substr(0, lines.find(part) + part.size());
    }

    LineLogger log_{LogLevel::debug};
    std::unique_ptr<Broker> broker_;
};

TEST_F(HandshakeTurnsTest, lets_others_in_between) {
    constexpr int strangers = 40;
    constexpr std::string_view failed = "TLS handshake error";
    start(0);
    std::vector<RawClient> clients;
    for (int i = 0; i < strangers; ++i) clients.emplace_back(broker_->port());
    RawClient known(broker_->port());
    known.log_in();

    std::promise<void> all_sent;
    std::promise<void> standing;
    broker_->loops().front()->post([&] {
        standing.set_value();
        all_sent.get_future().wait();
    });
    standing.get_future().wait();
    for (RawClient& client : clients) client.send(std::string("\x16\x03\x01\0\x05hello", 10));
    known.send("BOGUS\r\n");
    all_sent.set_value();

    const std::string before = wait_for_log("Client connection closed: Protocol Violation");
    EXPECT_THAT(count_of(failed, before), Lt(strangers / 2));
    for (RawClient& client : clients) (void)client.read_to_end();
    EXPECT_EQ(count_of(failed, log_.lines()), strangers);
}

TEST_F(HandshakeTurnsTest, are_counted_in_the_log_though_nobody_comes_after) {
    start(1);
    RawClient first(broker_->port());
    RawClient second(broker_->port());
    RawClient third(broker_->port());
    EXPECT_NE(second.read_to_end().find("Connection throttling is active"), std::string::npos);
    EXPECT_NE(third.read_to_end().find("Connection throttling is active"), std::string::npos);
    (void)wait_for_log("Rejected 2 connections due to TLS rate limiting");
}

}  // namespace
}  // namespace midge
