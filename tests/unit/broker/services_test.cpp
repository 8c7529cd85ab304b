// Services of other accounts: during reloads, and without answers.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "broker/broker.h"
#include "config/options_loader.h"
#include "exchange/service_replies.h"
#include "services/system_services.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::LineLogger;
using test::RawClient;

std::string accounts_of(const std::string& imports, const std::string& exported = "") {
    return "accounts { B { users: [{user: b, password: p}], exports: [{service: \"s.>\"" +
           exported + "}] }, A { users: [{user: a, password: p}], imports: [" + imports + "] } }";
}

std::string import_of(const std::string& subject, const std::string& local) {
    return "{service: {account: B, subject: \"" + subject + "\"}, to: \"" + local + "\"} ";
}

class Services : public testing::Test {
  protected:
    Options options_of(const std::string& accounts) const {
        auto loaded = load_options_from_text("listen: \"127.0.0.1:-1\"\nthreads: 2\n" + accounts,
                                             "test.conf", system_config_sources());
        EXPECT_TRUE(loaded) << loaded.error().text;
        return loaded->options;
    }
    void start(const std::string& accounts) {
        broker_ = std::make_unique<Broker>(options_of(accounts), log_);
        const auto started = broker_->start({});
        ASSERT_TRUE(started) << started.error().text;
    }
    void reload(const std::string& accounts) {
        const auto reloaded = broker_->reload(options_of(accounts), {});
        ASSERT_TRUE(reloaded) << reloaded.error().text;
    }
    RawClient client_of(const std::string& user) {
        RawClient client(broker_->port());
        client.log_in(R"({"verbose":false,"user":")" + user + R"(","pass":"p"})");
        return client;
    }
    LineLogger log_;
    std::unique_ptr<Broker> broker_;
};

TEST_F(Services, of_the_server_itself_go_when_they_are_withdrawn) {
    start("accounts { A { users: [{user: a, password: p}] } }");
    SystemServices& services = broker_->services();
    Account& system = *broker_->registry().find(default_system_account_name);
    std::promise<std::pair<size_t, size_t>> kept;
    services.post([&] {
        services.drop_withdrawn();
        const size_t before = services.services_kept();
        for (int i = 0; i < 100; ++i) {
            const auto handler = [](const ServiceRequest&) {};
            services.withdraw(system, services.serve(system, "once", handler));
        }
        services.drop_withdrawn();
        kept.set_value({before, services.services_kept()});
    });
    const auto [before, after] = kept.get_future().get();
    EXPECT_EQ(after, before);
}

TEST_F(Services, follow_the_newest_configuration) {
    start(accounts_of(import_of("s.1", "one")));
    RawClient a = client_of("a"), b = client_of("b");
    b.send("SUB > 1\r\n");
    b.flush();
    a.send("PUB one 1\r\n1\r\nPUB two 1\r\n2\r\n");
    a.flush();
    EXPECT_EQ(b.flush(), "MSG s.1 1 1\r\n1\r\n");
    reload(accounts_of(import_of("s.2", "two")));
    a.send("PUB one 1\r\n3\r\nPUB two 1\r\n4\r\n");
    a.flush();
    EXPECT_EQ(b.flush(), "MSG s.2 1 1\r\n4\r\n");
    reload(accounts_of(""));
    a.send("PUB one 1\r\n5\r\nPUB two 1\r\n6\r\n");
    a.flush();
    EXPECT_EQ(b.flush(), "");
}

TEST_F(Services, an_answer_arrives_though_the_import_is_gone) {
    start(accounts_of(import_of("s.1", "one")));
    RawClient a = client_of("a"), b = client_of("b");
    b.send("SUB s.1 1\r\n");
    b.flush();
    a.send("SUB in 1\r\nPUB one in 1\r\n1\r\n");
    a.flush();
    const std::string request = b.flush();
    const size_t from = request.find("_R_."), to = request.find(' ', from);
    ASSERT_NE(to, std::string::npos) << request;
    reload(accounts_of(""));
    b.send("PUB " + request.substr(from, to - from) + " 2\r\nok\r\n");
    b.flush();
    EXPECT_EQ(a.flush(), "MSG in 1 2\r\nok\r\n");
}

TEST_F(Services, are_not_interrupted_by_reloads_that_keep_them) {
    start(accounts_of(import_of("s.1", "one") + "," + import_of("s.2", "two")));
    RawClient a = client_of("a"), b = client_of("b");
    b.send("SUB s.1 1\r\n");
    b.flush();
    std::atomic<bool> done = false;
    std::jthread reloads([&] {
        for (int i = 0; i < 20; ++i) {
            reload(accounts_of(import_of("s.1", "one") +
                               (i % 2 == 0 ? "" : "," + import_of("s.2", "two"))));
        }
        done = true;
    });
    int sent = 0;
    while (!done || sent < 100) {
        a.send("PUB one 1\r\nx\r\n");
        a.flush();
        ++sent;
    }
    reloads.join();
    const std::string got = b.flush();
    std::string expected;
    for (int i = 0; i < sent; ++i) expected += "MSG s.1 1 1\r\nx\r\n";
    EXPECT_EQ(got, expected);
}

TEST_F(Services, forget_the_oldest_requests_without_an_answer) {
    start(accounts_of(import_of("s.1", "one")));
    ServiceReplies& replies =
        broker_->services().server().exchange.replies_of(*broker_->registry().find("B"));
    Account* const account = broker_->registry().find("A");
    const auto open = [&](std::chrono::nanoseconds threshold) {
        return replies.open({account, "in", true, threshold});
    };
    const std::string first = open(std::chrono::minutes(1));
    for (size_t i = 1; i < ServiceReplies::open_max; ++i) {
        const auto ignored = open(std::chrono::minutes(1));
    }
    const std::string said = log_.lines();
    const std::string last = open(std::chrono::minutes(1));
    EXPECT_EQ(replies.size(), ServiceReplies::open_max);
    EXPECT_EQ(log_.lines(), said +
                                "Account [B]: 262144 requests to its services wait for a "
                                "response, the oldest are forgotten\n");
    RawClient a = client_of("a"), b = client_of("b");
    a.send("SUB in 1\r\n");
    a.flush();
    b.send("PUB " + first + " 1\r\n1\r\nPUB " + last + " 1\r\n2\r\n");
    b.flush();
    EXPECT_EQ(a.flush(), "MSG in 1 1\r\n2\r\n");
    EXPECT_EQ(replies.size(), ServiceReplies::open_max - 1);
}

TEST_F(Services, forget_requests_past_their_threshold) {
    start(accounts_of(import_of("s.1", "one")));
    ServiceReplies& replies =
        broker_->services().server().exchange.replies_of(*broker_->registry().find("B"));
    Account* const account = broker_->registry().find("A");
    const auto past = replies.open({account, "in", true, std::chrono::nanoseconds(0)});
    const auto open = replies.open({account, "in", true, std::chrono::minutes(1)});
    broker_->services().server().exchange.drop_expired();
    EXPECT_EQ(replies.size(), 1U);
    replies.close(past);
    EXPECT_EQ(replies.size(), 1U);
    replies.close(open);
    EXPECT_EQ(replies.size(), 0U);
}

}  // namespace
}  // namespace midge
