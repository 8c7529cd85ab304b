#include "broker/broker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "net/socket.h"
#include "services/system_services.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::LineLogger;
using test::RawClient;

class BrokerTest : public testing::TestWithParam<std::tuple<const char*, unsigned>> {
  protected:
    void start(Options options = {}) {
        options.host = "127.0.0.1";
        options.port = -1;
        options.reactor = std::get<0>(GetParam());
        options.threads = std::get<1>(GetParam());
        broker_ = std::make_unique<Broker>(std::move(options), log_);
        const auto started = broker_->start({});
        ASSERT_TRUE(started) << started.error().text;
    }
    RawClient client() { return RawClient(broker_->port()); }
    RawClient logged_in() {
        RawClient c = client();
        c.log_in();
        return c;
    }
    LineLogger log_;
    std::unique_ptr<Broker> broker_;
};

std::string reactor_and_threads(const testing::TestParamInfo<BrokerTest::ParamType>& info) {
    const std::string reactor = std::get<0>(info.param);
    return (reactor.empty() ? "best" : reactor) + "_" + std::to_string(std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(Reactors, BrokerTest,
                         testing::Combine(testing::Values("", "poco"),  // "": the system's best
                                          testing::Values(1U, 3U)),
                         reactor_and_threads);

TEST_P(BrokerTest, carries_messages_between_clients_of_all_loops) {
    start();
    std::vector<RawClient> subscribers;
    for (int i = 0; i < 6; ++i) {
        subscribers.push_back(logged_in());
        subscribers.back().send("SUB a.* 7\r\n");
        subscribers.back().flush();
    }
    RawClient publisher = logged_in();
    publisher.send("PUB a.b 5\r\nhello\r\nPUB a.c r 0\r\n\r\n");
    for (RawClient& s : subscribers) {
        EXPECT_EQ(s.read_until("hello\r\n"), "MSG a.b 7 5\r\nhello\r\n");
        EXPECT_EQ(s.read_until("\r\n\r\n"), "MSG a.c 7 r 0\r\n\r\n");
    }
}

TEST_P(BrokerTest, ends_a_subscription_at_its_maximum_while_others_publish) {
    start();
    constexpr int publishers = 3;
    constexpr int messages = 2000;
    RawClient subscriber = logged_in();
    for (const int max : {1, 3000, 5999}) {
        // The sid is used again immediately after the last message.
        subscriber.send("SUB a 1\r\nUNSUB 1 " + std::to_string(max) + "\r\n");
        subscriber.flush();
        std::vector<std::thread> threads;
        for (int p = 0; p < publishers; ++p) {
            threads.emplace_back([this] {
                RawClient c = logged_in();
                for (int i = 0; i < messages; ++i) c.send("PUB a 1\r\nm\r\n");
                c.flush();
            });
        }
        for (int i = 0; i < max; ++i)
            EXPECT_EQ(subscriber.read_until("m\r\n"), "MSG a 1 1\r\nm\r\n");
        subscriber.send("SUB b 1\r\nPUB b 1\r\nm\r\n");
        EXPECT_EQ(subscriber.read_until("m\r\n"), "MSG b 1 1\r\nm\r\n");
        for (std::thread& thread : threads) thread.join();
        subscriber.send("UNSUB 1\r\n");
        EXPECT_EQ(subscriber.flush(), "");
        EXPECT_FALSE(broker_->registry().find(global_account_name)->has_subscribers());
    }
}

TEST_P(BrokerTest, keeps_the_order_of_each_publisher_and_loses_nothing) {
    start();
    constexpr int publishers = 3;
    constexpr int messages = 3000;
    RawClient subscriber = logged_in();
    subscriber.send("SUB > 1\r\n");
    subscriber.flush();
    std::vector<std::jthread> threads;
    for (int p = 0; p < publishers; ++p) {
        threads.emplace_back([this, p] {
            RawClient c = logged_in();
            std::string batch;
            for (int i = 0; i < messages; ++i) {
                const std::string body = std::to_string(i);
                batch += "PUB p" + std::to_string(p) + " " + std::to_string(body.size()) + "\r\n" +
                         body + "\r\n";
            }
            c.send(batch);
            c.flush();
        });
    }
    std::vector<int> next(publishers, 0);
    for (int i = 0; i < publishers * messages; ++i) {
        const std::string line = subscriber.read_until("\r\n");
        ASSERT_EQ(line.substr(0, 5), "MSG p");
        const int publisher = line[5] - '0';
        const std::string body = subscriber.read_until("\r\n");
        ASSERT_EQ(body, std::to_string(next[static_cast<size_t>(publisher)]++) + "\r\n");
    }
    for (auto& t : threads) t.join();
}

TEST_P(BrokerTest, gives_exactly_the_number_of_messages_that_unsub_allows) {
    start();
    RawClient subscriber = logged_in();
    subscriber.send("SUB a 1\r\nUNSUB 1 5\r\nSUB a 2\r\n");
    subscriber.flush();
    std::vector<std::jthread> threads;
    for (int p = 0; p < 3; ++p) {
        threads.emplace_back([this] {
            RawClient c = logged_in();
            for (int i = 0; i < 20; ++i) c.send("PUB a 1\r\nx\r\n");
            c.flush();
        });
    }
    for (auto& t : threads) t.join();
    // The publishers' flushes do not wait for deliveries on other loops. The second subscription
    // gets all 60.
    int first = 0;
    int second = 0;
    while (second < 60) {
        const std::string line = subscriber.read_until("\r\nx\r\n");
        ASSERT_FALSE(line.empty());
        (line.starts_with("MSG a 1 ") ? first : second) += 1;
    }
    EXPECT_EQ(first, 5);
    EXPECT_EQ(subscriber.flush(), "");
}

TEST_P(BrokerTest, carries_large_messages_whole_to_several_subscribers) {
    Options options;
    options.payload_bytes_max = 8 * 1024 * 1024;
    start(options);
    std::vector<RawClient> subscribers;
    for (int i = 0; i < 3; ++i) {
        subscribers.push_back(logged_in());
        subscribers.back().send("SUB big 1\r\n");
        subscribers.back().flush();
    }
    std::string body(3'000'000, ' ');
    for (size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
    RawClient publisher = logged_in();
    publisher.send("PUB big " + std::to_string(body.size()) + "\r\n" + body +
                   "\r\nPUB big 3\r\nend\r\n");
    for (RawClient& s : subscribers) {
        EXPECT_EQ(s.read_until("\r\n"), "MSG big 1 3000000\r\n");
        EXPECT_TRUE(s.read_bytes(body.size()) == body);
        EXPECT_EQ(s.read_until("end\r\n"), "\r\nMSG big 1 3\r\nend\r\n");
    }
}

TEST_P(BrokerTest, closes_a_consumer_that_does_not_read_and_serves_the_others) {
    Options options;
    options.pending_bytes_max = 2 * 1024 * 1024;
    start(options);
    RawClient stuck = logged_in();
    stuck.socket().setReceiveBufferSize(4096);
    stuck.send("SUB a 1\r\n");
    stuck.flush();
    RawClient good = logged_in();
    good.send("SUB a 1\r\n");
    good.flush();
    RawClient publisher = logged_in();
    const std::string message = "PUB a 65536\r\n" + std::string(65536, 'x') + "\r\n";
    const std::string expected = "MSG a 1 65536\r\n" + std::string(65536, 'x') + "\r\n";
    int sent = 0;
    // The kernel's buffers take some megabytes.
    for (; log_.lines().find("Slow Consumer Detected: MaxPending of 2097152 Exceeded") ==
           std::string::npos;
         ++sent) {
        ASSERT_LT(sent, 2000);
        publisher.send(message);
        publisher.flush();
        ASSERT_TRUE(good.read_bytes(expected.size()) == expected);
    }
    publisher.send("PUB a 4\r\nlast\r\n");
    EXPECT_EQ(good.read_until("last\r\n"), "MSG a 1 4\r\nlast\r\n");
}

TEST_P(BrokerTest, closes_a_consumer_at_the_write_deadline) {
    Options options;
    options.write_deadline = std::chrono::milliseconds(200);
    start(options);
    RawClient stuck = logged_in();
    stuck.send("SUB a 1\r\n");
    stuck.flush();
    RawClient publisher = logged_in();
    for (int i = 0; i < 20; ++i)
        publisher.send("PUB a 1000000\r\n" + std::string(1'000'000, 'x') + "\r\n");
    publisher.flush();
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (log_.lines().find("WriteDeadline of 200ms exceeded") == std::string::npos) {
        ASSERT_LT(std::chrono::steady_clock::now(), give_up);
        publisher.flush();
    }
}

TEST_P(BrokerTest, refuses_connections_over_the_limit_after_its_info) {
    Options options;
    options.connections_max = 1;
    start(options);
    RawClient first = logged_in();
    RawClient second = client();
    EXPECT_TRUE(second.info.starts_with("INFO {"));
    EXPECT_EQ(second.read_to_end(), "-ERR 'maximum connections exceeded'\r\n");
    EXPECT_EQ(first.flush(), "");
}

TEST_P(BrokerTest, survives_clients_that_come_and_go_while_messages_flow) {
    start();
    std::jthread churn([this](const std::stop_token& over) {
        while (!over.stop_requested()) {
            RawClient c = logged_in();
            c.send("SUB a 1\r\nSUB a.> q 2\r\nUNSUB 1 3\r\nPUB a 1\r\nx\r\n");
            c.flush();
        }
    });
    RawClient subscriber = logged_in();
    subscriber.send("SUB a.b 1\r\n");
    subscriber.flush();
    RawClient publisher = logged_in();
    for (int i = 0; i < 300; ++i) {
        publisher.send("PUB a.b 1\r\nx\r\nPUB a 1\r\ny\r\n");
        ASSERT_EQ(subscriber.read_until("x\r\n"), "MSG a.b 1 1\r\nx\r\n");
    }
}

TEST_P(BrokerTest, fails_to_start_on_a_port_that_is_taken) {
    start();
    Options options;
    options.host = "127.0.0.1";
    options.port = broker_->port();
    Broker second(options, log_);
    const auto started = second.start({});
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().text.find(os_error_text(POCO_EADDRINUSE)), std::string::npos)
        << started.error().text;
}

TEST_P(BrokerTest, tells_that_its_loops_turned_only_when_all_did) {
    start();
    std::promise<void> free_turn;
    broker_->when_loops_turned([&] { free_turn.set_value(); });
    free_turn.get_future().wait();

    std::promise<void> release;
    broker_->loops().back()->post([released = release.get_future().share()] { released.wait(); });
    std::promise<void> held_turn;
    std::future<void> turned = held_turn.get_future();
    broker_->when_loops_turned([&] { held_turn.set_value(); });
    // Meanwhile, every other loop has made another turn.
    if (broker_->loops().size() > 1) {
        std::promise<void> first;
        broker_->loops().front()->post([&] { first.set_value(); });
        first.get_future().wait();
    }
    std::promise<void> system;
    broker_->services().post([&] { system.set_value(); });
    system.get_future().wait();
    EXPECT_EQ(turned.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    release.set_value();
    turned.wait();
}

TEST_P(BrokerTest, closes_every_client_when_it_stops) {
    start();
    RawClient c = logged_in();
    broker_->stop();
    EXPECT_EQ(c.read_to_end(), "");
}

}  // namespace
}  // namespace midge
