// Accounts of the configuration, and the effects of a reload on them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <vector>

#include "auth/nkey.h"
#include "auth/password.h"
#include "base/encoding.h"
#include "broker/broker.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/parsed_options.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

constexpr int bcrypt_cost_slow = 11;  // takes far longer than a reload

using test::LineLogger;
using test::RawClient;

class AccountReload : public testing::Test {
  protected:
    // One event loop, so that all clients know about a reload when one of them does.
    Options options_of(const std::string& accounts) const {
        return test::parsed_options(accounts, threads_);
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
    // Each loop applies a reload in a task.
    void when_loops_heard() {
        std::promise<void> turned;
        broker_->when_loops_turned([&turned] { turned.set_value(); });
        turned.get_future().wait();
    }
    RawClient client_of(const std::string& user) {
        RawClient client(broker_->port());
        client.log_in(R"({"verbose":false,"headers":true,"no_responders":true,"user":")" + user +
                      R"(","pass":"p"})");
        return client;
    }
    int threads_ = 1;
    LineLogger log_;
    std::unique_ptr<Broker> broker_;
};

TEST_F(AccountReload, closes_the_clients_of_users_that_went_and_keeps_the_others) {
    start(
        "accounts { A { users: [{user: a, password: p}] }, B { users: [{user: b, password: p}] } "
        "}");
    RawClient a = client_of("a");
    RawClient b = client_of("b");
    reload("accounts { A { users: [{user: a, password: p}] } }");
    EXPECT_EQ(b.read_to_end(), "");
    EXPECT_EQ(a.flush(), "");
}

TEST_F(AccountReload, closes_the_clients_of_a_user_that_moved_to_another_account) {
    start("accounts { A { users: [{user: a, password: p}] }, B { } }");
    RawClient a = client_of("a");
    reload("accounts { A { }, B { users: [{user: a, password: p}] } }");
    EXPECT_EQ(a.read_to_end(), "");
    RawClient again = client_of("a");
    EXPECT_EQ(again.flush(), "");
}

TEST_F(AccountReload, closes_the_newest_clients_over_lower_max_connections) {
    threads_ = 3;
    start("max_connections: 10\n");
    std::vector<RawClient> clients;
    for (int i = 0; i < 6; ++i) {
        clients.emplace_back(broker_->port());
        clients.back().log_in();
    }
    reload("max_connections: 3\n");
    for (size_t i = 3; i < 6; ++i)
        EXPECT_EQ(clients[i].read_to_end(), "-ERR 'maximum connections exceeded'\r\n");
    for (size_t i = 0; i < 3; ++i) EXPECT_EQ(clients[i].flush(), "");
    reload("max_connections: 0\n");
    EXPECT_EQ(clients[0].read_to_end(), "-ERR 'maximum connections exceeded'\r\n");
    EXPECT_NE(log_.lines().find("Closed 3 connections to fall within max_connections"),
              std::string::npos);
}

TEST_F(AccountReload, closes_the_newest_clients_over_a_new_limit) {
    start("accounts { A { users: [{user: a, password: p}] } }");
    RawClient first = client_of("a");
    RawClient second = client_of("a");
    RawClient third = client_of("a");
    reload("accounts { A { limits: {max_conn: 1}, users: [{user: a, password: p}] } }");
    const std::string text = "-ERR 'maximum account active connections exceeded'\r\n";
    EXPECT_EQ(second.read_to_end(), text);
    EXPECT_EQ(third.read_to_end(), text);
    EXPECT_EQ(first.flush(), "");
}

TEST_F(AccountReload, closes_a_client_with_more_subscriptions_than_a_new_limit) {
    start("accounts { A { users: [{user: a, password: p}] } }");
    RawClient few = client_of("a");
    few.send("SUB x 1\r\n");
    few.flush();
    RawClient many = client_of("a");
    many.send("SUB x 1\r\nSUB y 2\r\nSUB z 3\r\n");
    many.flush();
    reload("accounts { A { limits: {max_subs: 2}, users: [{user: a, password: p}] } }");
    EXPECT_EQ(many.read_to_end(), "-ERR 'maximum subscriptions exceeded'\r\n");
    few.send("SUB y 2\r\nSUB z 3\r\n");
    EXPECT_EQ(few.flush(), "-ERR 'maximum subscriptions exceeded'\r\n");
}

// A login that waits for a hash is decided by the configuration that is in effect when the hash is
// ready.
TEST_F(AccountReload, a_login_under_way_is_judged_by_the_newest_configuration) {
    const std::string hash = hash_password("p", bcrypt_cost_slow).value();
    const std::string stays = "{user: stays, password: p}";
    start("authorization { users: [{user: gone, password: \"" + hash + "\"}, " + stays + "] }");
    RawClient gone(broker_->port());
    gone.send("CONNECT {\"verbose\":false,\"user\":\"gone\",\"pass\":\"p\"}\r\nPING\r\n");
    RawClient other = client_of("stays");  // now the loop has read the other login
    reload("authorization { users: [" + stays + "] }");
    // Rarely, the hash is ready before the reload.
    EXPECT_THAT(gone.read_to_end(),
                testing::AnyOf("-ERR 'Authorization Violation'\r\n", "PONG\r\n"));
    EXPECT_EQ(other.flush(), "");
}

TEST_F(AccountReload, maps_subjects_as_the_newest_configuration_says) {
    const std::string users = "users: [{user: a, password: p}]";
    start("accounts { A { " + users + " } }");
    RawClient a = client_of("a");
    a.send("SUB > 1\r\nPUB x 1\r\n1\r\n");
    EXPECT_EQ(a.flush(), "MSG x 1 1\r\n1\r\n");
    reload("accounts { A { mappings: {x: y}, " + users + " } }");
    when_loops_heard();
    a.send("PUB x 1\r\n2\r\nPUB x 1\r\n3\r\n");
    EXPECT_EQ(a.flush(), "MSG y 1 1\r\n2\r\nMSG y 1 1\r\n3\r\n");
    reload("accounts { A { " + users + " } }");
    when_loops_heard();
    a.send("PUB x 1\r\n4\r\n");
    EXPECT_EQ(a.flush(), "MSG x 1 1\r\n4\r\n");
}

TEST_F(AccountReload, does_not_start_without_the_system_account_that_it_names) {
    Broker broker(options_of("system_account: S\naccounts { A { } }"), log_);
    const auto started = broker.start({});
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().text, "error resolving system account: account missing");
}

TEST_F(AccountReload, closes_the_clients_of_a_proxy_that_is_not_trusted_any_more) {
    const KeyPair kept = KeyPair::generate(KeyKind::user);
    const KeyPair gone = KeyPair::generate(KeyKind::user);
    const std::string users = "accounts { A { users: [{user: a, password: p}] } }\n";
    const std::string trust_kept = "{key: " + kept.public_key() + "}";
    const std::string trust_gone = "{key: " + gone.public_key() + "}";
    start(users + "proxies { trusted: [" + trust_kept + ", " + trust_gone + "] }");
    const auto client_through = [&](const KeyPair& proxy) {
        RawClient client(broker_->port());
        const std::string_view member = "\"nonce\":\"";
        const size_t at = client.info.find(member) + member.size();
        const std::string nonce = client.info.substr(at, client.info.find('"', at) - at);
        client.log_in(R"({"verbose":false,"user":"a","pass":"p","proxy_sig":")" +
                      base64url_encode(proxy.sign(nonce)) + R"("})");
        return client;
    };
    RawClient first = client_through(kept);
    RawClient second = client_through(gone);
    RawClient direct = client_of("a");
    reload(users + "proxies { trusted: [" + trust_kept + "] }");
    EXPECT_EQ(second.read_to_end(), "-ERR 'Authorization Violation'\r\n");
    EXPECT_EQ(first.flush(), "");
    EXPECT_EQ(direct.flush(), "");
    reload(
        "accounts { A { users: [{user: a, password: p, proxy_required: true}] } }\nproxies { "
        "trusted: [" +
        trust_kept + "] }");
    EXPECT_EQ(direct.read_to_end(), "-ERR 'Authorization Violation'\r\n");
}

constexpr const char* exporter =
    "A { users: [{user: a, password: p}], exports: [{stream: s}, {stream: s2}] }";

std::string importer(const std::string& import) {
    return std::string("accounts { ") + exporter +
           ", B { users: [{user: b, password: p}], imports: [" + import + "] } }";
}

TEST_F(AccountReload, adds_an_import_to_the_subscriptions_that_are_there) {
    start(importer(""));
    RawClient a = client_of("a");
    RawClient b = client_of("b");
    b.send("SUB t 1\r\n");
    EXPECT_EQ(b.flush(), "");
    reload(importer("{stream: {account: A, subject: s}, to: t}"));
    when_loops_heard();
    a.send("PUB s 1\r\nx\r\n");
    EXPECT_EQ(a.flush(), "");
    EXPECT_EQ(b.flush(), "MSG t 1 1\r\nx\r\n");
}

TEST_F(AccountReload, takes_an_import_from_the_subscriptions_that_are_there) {
    start(importer("{stream: {account: A, subject: s}, to: t}"));
    RawClient a = client_of("a");
    RawClient b = client_of("b");
    b.send("SUB t 1\r\nSUB u 2\r\n");
    EXPECT_EQ(b.flush(), "");
    reload(importer("{stream: {account: A, subject: s}, to: u}"));
    when_loops_heard();
    a.send("PUB s 1\r\nx\r\n");
    EXPECT_EQ(a.flush(), "");
    EXPECT_EQ(b.flush(), "MSG u 2 1\r\nx\r\n");
}

TEST_F(AccountReload, changes_imports_under_publishers_on_other_loops) {
    threads_ = 2;
    const std::string to_t = importer("{stream: {account: A, subject: s}, to: t}");
    const std::string to_u = importer("{stream: {account: A, subject: s}, to: u}");
    start(to_t);
    std::vector<RawClient> publishers, subscribers;
    for (int i = 0; i < 4; ++i) {
        publishers.push_back(client_of("a"));
        subscribers.push_back(client_of("b"));
        subscribers.back().send("SUB t 1\r\nSUB u 2\r\n");
        EXPECT_EQ(subscribers.back().flush(), "");
    }
    constexpr int reloads = 10;
    for (int i = 0; i < reloads; ++i) {
        for (RawClient& publisher : publishers) {
            for (int n = 0; n < 20; ++n) publisher.send("PUB s 1\r\nx\r\n");
        }
        reload(i % 2 == 0 ? to_u : to_t);
    }
    when_loops_heard();
    for (RawClient& publisher : publishers) EXPECT_EQ(publisher.flush(), "");
    reload(to_u);
    when_loops_heard();
    publishers.front().send("PUB s 4\r\nlast\r\n");
    for (RawClient& subscriber : subscribers) {
        EXPECT_TRUE(subscriber.read_until("last\r\n").ends_with("MSG u 2 4\r\nlast\r\n"));
    }
}

TEST_F(AccountReload, leaves_an_import_that_stays_alone) {
    const std::string import = "{stream: {account: A, subject: s}, to: t}";
    start(importer(import));
    RawClient a = client_of("a");
    RawClient b = client_of("b");
    b.send("SUB t 1\r\n");
    EXPECT_EQ(b.flush(), "");
    const Account& from = *broker_->registry().find("A");
    const uint64_t before = from.index().generation();
    reload(importer(import + ", {stream: {account: A, subject: s2}}"));
    when_loops_heard();
    EXPECT_EQ(from.index().generation(), before);
    a.send("PUB s 1\r\nx\r\n");
    EXPECT_EQ(a.flush(), "");
    EXPECT_EQ(b.flush(), "MSG t 1 1\r\nx\r\n");
}

}  // namespace
}  // namespace midge
