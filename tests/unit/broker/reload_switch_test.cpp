// A reload is one transaction: clients see the whole of one configuration or of the other.
#include <Poco/Exception.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <future>
#include <sstream>
#include <thread>

#include "broker/broker.h"
#include "unit/broker/collecting_sink.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/parsed_options.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::CollectingSink;
using test::RawClient;
using testing::HasSubstr;

// One of two configurations. Each has a user of its own in the account SHARED, whose permissions,
// limit, mapping and imports fit that user alone; "watcher" is in both.
std::string world(int number) {
    return fmt::format(
        R"(server_tags: [ "world{0}" ]
max_payload: {1}
accounts {{
  SHARED {{
    users: [ {{user: "client{0}", password: p, permissions: {{
      publish: ["shared", "out.{0}", "ask"], subscribe: ["shared", "out.{0}", "_INBOX.>"] }} }} ]
    limits: {{ max_payload: {2} }}
    mappings: {{ in: "out.{0}" }}
    exports: [ {{stream: "shared"}} ]
    imports: [ {{service: {{account: WATCH, subject: "asked.{0}"}}, to: ask}} ]
  }}
  WATCH {{
    users: [ {{user: watcher, password: p}} ]
    exports: [ {{service: "asked.1"}}, {{service: "asked.2"}} ]
    imports: [ {{stream: {{account: SHARED, subject: shared}}, to: "seen.{0}"}} ]
  }}
}}
)",
        number, 10'000 + number, 1000 + number);
}

std::string log_in_lines(const std::string& user) {
    return R"(CONNECT {"verbose":false,"protocol":1,"user":")" + user + R"(","pass":"p"})" +
           "\r\nPING\r\n";
}

class ReloadSwitch : public testing::Test {
  protected:
    static constexpr int reloads = 30;
    static constexpr int clients_each = 4;

    void SetUp() override {
        broker_ = std::make_unique<Broker>(test::parsed_options(world(1), 4), log_);
        const auto started = broker_->start(parts(1));
        ASSERT_TRUE(started) << started.error().text;
    }
    BrokerParts parts(int number) {
        BrokerParts parts;
        parts.sinks.push_back(std::make_unique<CollectingSink>(events_[at(number)]));
        return parts;
    }
    static size_t at(int number) { return static_cast<size_t>(number) - 1; }

    // Logs in, publishes and reads until the server ends the connection or the test is over.
    void play_client(int number) {
        try {
            RawClient client(broker_->port());
            client.send(log_in_lines(fmt::format("client{}", number)));
            const std::string first = client.read_until("\r\n");
            if (first != "PONG\r\n") {
                // The other configuration is in force.
                EXPECT_THAT(first, testing::AnyOf("-ERR 'Authorization Violation'\r\n", ""));
                return;
            }
            const std::string info = client.read_until("\r\n");
            if (!info.empty()) {
                EXPECT_THAT(info, HasSubstr(fmt::format("\"max_payload\":{},", 1000 + number)));
            }
            client.send(fmt::format("SUB shared 1\r\nSUB out.{} 2\r\n", number));
            while (!over_ && publish(client, number)) count_round(number);
        } catch (const Poco::Exception&) {
            // The server has closed it while it sent.
        }
    }
    // False: the connection has ended.
    bool publish(RawClient& client, int number) {
        client.send(fmt::format(
            "PUB shared 1\r\n{0}\r\nPUB in 1\r\n{0}\r\nPUB ask 1\r\n{0}\r\nPING\r\n", number));
        const std::string got = client.read_until("PONG\r\n");
        const bool ended = got.empty();
        check(ended ? client.read_to_end() : got, number);
        return !ended;
    }
    // Whatever a client sees is of its own configuration.
    void check(const std::string& got, int number) {
        std::istringstream lines(got);
        for (std::string line; std::getline(lines, line);) {
            if (line == "\r") continue;
            EXPECT_THAT(line, testing::AnyOf("PONG\r", "MSG shared 1 1\r",
                                             fmt::format("MSG out.{} 2 1\r", number),
                                             fmt::format("{}\r", number)));
        }
    }
    void count_round(int number) {
        const std::lock_guard lock(mutex_);
        ++rounds_[at(number)];
        progress_.notify_all();
    }
    // Until the clients of that configuration have got on.
    void await_rounds(int number) {
        std::unique_lock lock(mutex_);
        const int wanted = rounds_[at(number)] + 2 * clients_each;
        EXPECT_TRUE(progress_.wait_for(lock, std::chrono::seconds(RawClient::patience_seconds),
                                       [&] { return rounds_[at(number)] >= wanted; }));
    }
    // It is connected all the time, and sees what is imported.
    void play_watcher(std::promise<void>& ready) {
        RawClient client(broker_->port());
        client.send(log_in_lines("watcher"));
        EXPECT_EQ(client.read_until("\r\n"), "PONG\r\n");
        client.connect_info = client.read_until("\r\n");
        client.send("SUB seen.* 1\r\nSUB asked.* 2\r\n");
        EXPECT_EQ(client.flush(), "");
        ready.set_value();
        while (!over_) {
            const std::string head = client.read_until("\r\n");
            ASSERT_TRUE(head.starts_with("MSG ")) << head;
            const std::string body = client.read_until("\r\n");
            // "MSG seen.1 1 1", "MSG asked.1 2 1": by the import of who has published it.
            EXPECT_EQ(head[head.find('.') + 1], body[0]) << head;
        }
    }
    // On every loop, what is in force is what the broker says.
    void look_at_generations() {
        while (!over_) {
            std::promise<void> turned;
            ask_loops(
                broker_->loops(),
                [this](EventLoop& loop) {
                    EXPECT_EQ(loop.settings().generation, broker_->generation());
                    const int number = loop.settings().generation % 2 == 1 ? 1 : 2;
                    EXPECT_EQ(loop.settings().options.payload_bytes_max, 10'000 + number);
                },
                [&turned] { turned.set_value(); });
            turned.get_future().wait();
        }
    }

    test::LineLogger log_;
    std::array<std::shared_ptr<CollectingSink::Store>, 2> events_{
        std::make_shared<CollectingSink::Store>(), std::make_shared<CollectingSink::Store>()};
    std::unique_ptr<Broker> broker_;
    std::atomic<bool> over_ = false;
    std::mutex mutex_;
    std::condition_variable progress_;
    std::array<int, 2> rounds_{};
};

TEST_F(ReloadSwitch, no_client_sees_a_part_of_another_configuration) {
    std::promise<void> ready;
    std::vector<std::thread> threads;
    threads.emplace_back([&] { play_watcher(ready); });
    ready.get_future().wait();
    threads.emplace_back([&] { look_at_generations(); });
    for (int i = 0; i < clients_each; ++i) {
        for (const int number : {1, 2}) {
            threads.emplace_back([this, number] {
                while (!over_) play_client(number);
            });
        }
    }
    for (int i = 1; i <= reloads; ++i) {
        const int number = i % 2 + 1;
        const auto reloaded =
            broker_->reload(test::parsed_options(world(number), 4), parts(number));
        ASSERT_TRUE(reloaded) << reloaded.error().text;
        EXPECT_EQ(broker_->generation(), static_cast<uint64_t>(i) + 1);
        await_rounds(number);
    }
    over_ = true;
    // The watcher waits for a message.
    RawClient last(broker_->port());
    last.send(log_in_lines("watcher") + "PUB seen.1 1\r\n1\r\nPING\r\n");
    EXPECT_EQ(last.read_until("PONG\r\n"), "PONG\r\n");
    for (std::thread& thread : threads) thread.join();
    broker_->stop();
    // Each event went to the sink of the configuration in which it happened.
    for (const int number : {1, 2}) {
        const std::string other = fmt::format("\"client{}\"", 3 - number);
        for (const auto& [subject, json] : events_[at(number)]->events) {
            if (!subject.ends_with(".CONNECT")) continue;
            EXPECT_EQ(json.find(other), std::string::npos) << json;
            EXPECT_THAT(json, HasSubstr(fmt::format("\"tags\":[\"world{}\"]", number)));
        }
    }
}

}  // namespace
}  // namespace midge
