// Clients that publish faster than their receivers read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "broker/broker.h"
#include "services/system_services.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::LineLogger;
using test::RawClient;
using ::testing::HasSubstr;

// More than max_pending and the buffers of the systems on both sides.
constexpr int sent_messages = 32'000;
constexpr size_t sent_body = 1000;

std::string command_of(std::string_view subject, int number) {
    const std::string head = std::to_string(number) + " ";
    return "PUB " + std::string(subject) + " " + std::to_string(sent_body) + "\r\n" + head +
           std::string(sent_body - head.size(), 'x') + "\r\n";
}

class SlowReceiverTest : public testing::TestWithParam<std::tuple<const char*, unsigned>> {
  protected:
    void start(SlowConsumerPolicy policy = SlowConsumerPolicy::wait) {
        broker_ = std::make_unique<Broker>(options(policy), log_);
        const auto started = broker_->start({});
        ASSERT_TRUE(started) << started.error().text;
    }
    static Options options(SlowConsumerPolicy policy) {
        Options options;
        options.host = "127.0.0.1";
        options.port = -1;
        options.reactor = std::get<0>(GetParam());
        options.threads = std::get<1>(GetParam());
        options.pending_bytes_max = 4 * 1024 * 1024;
        options.slow_consumers = policy;
        return options;
    }
    RawClient logged_in(std::string_view commands = {}) {
        RawClient client(broker_->port());
        client.log_in();
        client.send(commands);
        client.flush();
        return client;
    }
    // Sends all messages to `subject`, on a separate thread. Returns whether the broker has
    // accepted them.
    static std::future<bool> publish(RawClient& client, std::string subject) {
        return std::async(std::launch::async, [&client, subject = std::move(subject)] {
            try {
                for (int i = 0; i < sent_messages; ++i) client.send(command_of(subject, i));
            } catch (const std::exception&) {
                return false;
            }
            return true;
        });
    }
    void wait_until_held() {
        const auto end =
            std::chrono::steady_clock::now() + std::chrono::seconds(RawClient::patience_seconds);
        while (broker_->services().server().connections.stalled_clients.load() == 0) {
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "nobody is held back";
            std::this_thread::yield();
        }
    }
    // Expects all messages, in order.
    static void expect_all(RawClient& client) {
        for (int i = 0; i < sent_messages; ++i) {
            const std::string line = client.read_until("\r\n");
            ASSERT_EQ(line.substr(0, 4), "MSG ") << "after " << i << " messages";
            const std::string body = client.read_bytes(sent_body + 2);
            ASSERT_EQ(std::to_string(i), body.substr(0, body.find(' ')));
        }
    }
    LineLogger log_;
    std::unique_ptr<Broker> broker_;
};

INSTANTIATE_TEST_SUITE_P(Reactors, SlowReceiverTest,
                         testing::Combine(testing::Values("", "poco"),  // "": the system's best
                                          testing::Values(1U, 3U)),
                         [](const auto& chosen) {
                             const std::string reactor = std::get<0>(chosen.param);
                             return (reactor.empty() ? "best" : reactor) + "_" +
                                    std::to_string(std::get<1>(chosen.param));
                         });

TEST_P(SlowReceiverTest, a_client_that_publishes_to_itself_gets_all) {
    start();
    RawClient client = logged_in("SUB a 1\r\n");
    auto published = publish(client, "a");
    wait_until_held();
    expect_all(client);
    EXPECT_TRUE(published.get());
    EXPECT_THAT(log_.lines(), HasSubstr("Producer is stalled by a slow consumer"));
}

TEST_P(SlowReceiverTest, all_publishers_go_on_when_the_receiver_reads) {
    start();
    RawClient receiver = logged_in("SUB a 1\r\n");
    std::vector<RawClient> clients;
    for (int i = 0; i < 4; ++i) clients.push_back(logged_in());
    std::vector<std::future<bool>> published;
    for (RawClient& client : clients) published.push_back(publish(client, "a"));
    wait_until_held();
    const size_t size = std::string("MSG a 1 1000\r\n").size() + sent_body + 2;
    for (size_t i = 0; i < sent_messages * clients.size(); ++i)
        ASSERT_EQ(receiver.read_bytes(size).size(), size);
    for (auto& each : published) EXPECT_TRUE(each.get());
    EXPECT_EQ(broker_->services().server().connections.slow_consumers.load(), 0);
}

TEST_P(SlowReceiverTest, clients_that_publish_to_one_another_do_not_wait_for_ever) {
    start();
    RawClient left = logged_in("SUB left 1\r\n"), right = logged_in("SUB right 1\r\n");
    auto from_left = publish(left, "right"), from_right = publish(right, "left");
    wait_until_held();
    auto read = std::async(std::launch::async, [&] { expect_all(left); });
    expect_all(right);
    read.get();
    EXPECT_TRUE(from_left.get());
    EXPECT_TRUE(from_right.get());
}

TEST_P(SlowReceiverTest, a_receiver_that_does_not_read_is_closed_and_others_get_all) {
    start();
    RawClient stuck = logged_in("SUB a 1\r\n"), good = logged_in("SUB a 1\r\n");
    RawClient client = logged_in();
    auto published = publish(client, "a");
    expect_all(good);
    EXPECT_TRUE(published.get());
    client.flush();
    stuck.read_to_end();
    EXPECT_EQ(broker_->services().server().connections.slow_consumers.load(), 1);
    EXPECT_THAT(log_.lines(), HasSubstr("MaxPending of 4194304 Exceeded"));
}

TEST_P(SlowReceiverTest, a_reload_that_has_messages_dropped_lets_publishers_go) {
    start();
    RawClient receiver = logged_in("SUB a 1\r\n");
    RawClient client = logged_in();
    auto published = publish(client, "a");
    wait_until_held();
    const auto reloaded = broker_->reload(options(SlowConsumerPolicy::drop), {});
    ASSERT_TRUE(reloaded) << reloaded.error().text;
    EXPECT_TRUE(published.get());
    client.flush();
    EXPECT_EQ(broker_->services().server().connections.slow_consumers.load(), 0);
    const size_t got = receiver.flush().size();
    EXPECT_GT(got, 0U);
    EXPECT_LT(got, sent_messages * sent_body);
}

TEST_P(SlowReceiverTest, the_wait_of_a_client_goes_with_it) {
    start();
    {
        RawClient receiver = logged_in("SUB a 1\r\n");
        RawClient client = logged_in();
        auto published = publish(client, "a");
        wait_until_held();
        broker_->stop();
        EXPECT_FALSE(published.get());
    }
    broker_.reset();
}

}  // namespace
}  // namespace midge
