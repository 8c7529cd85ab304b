// Operator mode: logins by JWT, the system account, its events and services.
#include <gtest/gtest.h>

#include <future>
#include <limits>
#include <thread>

#include "auth/jwt.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/json.h"
#include "broker/broker.h"
#include "unit/account/fake_resolver.h"
#include "unit/broker/collecting_sink.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::CollectingSink;
using test::FakeResolver;
using test::RawClient;

class OperatorTest : public testing::Test {
  protected:
    void SetUp() override {
        OperatorClaims claims;
        claims.sub = operator_.public_key();
        claims.name = "O";
        claims.system_account = system_.public_key();
        options_.operator_jwts = {*encode(claims, operator_, now())};
        options_.host = "127.0.0.1";
        options_.port = -1;
        options_.threads = 2;
        auto resolver = std::make_unique<FakeResolver>();
        resolver_ = resolver.get();
        resolver_->stores = true;
        resolver_->put(system_.public_key(), account_jwt(system_, "SYS"));
        resolver_->put(account_.public_key(), account_jwt(account_, "APP"));
        broker_ = std::make_unique<Broker>(options_, log_);
        BrokerParts parts;
        parts.resolvers.push_back(std::move(resolver));
        parts.sinks.push_back(std::make_unique<CollectingSink>(events_));
        const auto started = broker_->start(std::move(parts));
        ASSERT_TRUE(started) << started.error().text;
    }
    static int64_t now() { return wall_now_seconds(); }
    // Lets time pass for the broker. Returns when every loop has seen it.
    void pass(std::chrono::nanoseconds time) {
        clock_.advance(time);
        for (int turn = 0; turn < 2; ++turn) {
            std::promise<void> turned;
            broker_->when_loops_turned([&turned] { turned.set_value(); });
            turned.get_future().wait();
        }
    }

    std::string account_jwt(const KeyPair& account, const std::string& name,
                            const RevocationMap& revocations = {}) {
        AccountClaims claims = make_account_claims(account.public_key());
        claims.name = name;
        claims.revocations = revocations;
        return *encode(claims, operator_, now());
    }
    std::string account_jwt_in_store() {
        std::string found;
        broker_->registry().resolver()->fetch(
            account_.public_key(), [&](Result<std::string> jwt) { found = jwt.value(); });
        return found;
    }
    static std::string user_jwt(const KeyPair& user, const KeyPair& account, int64_t exp = 0) {
        UserClaims claims = make_user_claims(user.public_key());
        claims.name = "bob";
        claims.exp = exp;
        return *encode(claims, account, now());
    }
    static void send_connect(RawClient& client, const KeyPair& user, const std::string& jwt) {
        const auto info = parse_json_object(client.info.substr(5, client.info.size() - 8));
        const std::string nonce = json_string(*info, "nonce").value();
        client.send(
            "CONNECT "
            "{\"verbose\":false,\"headers\":true,\"no_responders\":true,\"protocol\":1,\"name\":"
            "\"t\",\"jwt\":\"" +
            jwt + "\",\"sig\":\"" + base64url_encode(user.sign(nonce)) + "\"}\r\n");
    }
    RawClient log_in(const KeyPair& user, const KeyPair& account, int64_t exp = 0) {
        RawClient client(broker_->port());
        send_connect(client, user, user_jwt(user, account, exp));
        client.send("PING\r\n");
        const std::string answer = client.read_until("\r\n");
        EXPECT_EQ(answer, "PONG\r\n");
        client.connect_info = client.read_until("\r\n");
        return client;
    }
    // Sends a request and gives the body of the answer.
    static std::string request(RawClient& client, const std::string& subject,
                               const std::string& body = {}) {
        client.send("SUB reply 99\r\nPUB " + subject + " reply " + std::to_string(body.size()) +
                    "\r\n" + body + "\r\n");
        const std::string head = client.read_until("\r\n");
        const size_t size = std::stoul(head.substr(head.rfind(' ') + 1));
        const std::string answer = client.read_bytes(size);
        client.read_until("\r\n");
        client.send("UNSUB 99\r\n");
        return head.starts_with("HMSG") ? "no responders" : answer;
    }

    const KeyPair operator_ = KeyPair::generate(KeyKind::operator_key);
    const KeyPair system_ = KeyPair::generate(KeyKind::account);
    const KeyPair account_ = KeyPair::generate(KeyKind::account);
    const KeyPair user_ = KeyPair::generate(KeyKind::user);
    NullLogger log_;
    Options options_;
    FakeResolver* resolver_ = nullptr;
    std::shared_ptr<CollectingSink::Store> events_ = std::make_shared<CollectingSink::Store>();
    ClockShift clock_;
    std::unique_ptr<Broker> broker_;
};

TEST_F(OperatorTest, lets_a_user_in_and_tells_it_its_account) {
    RawClient client = log_in(user_, account_);
    EXPECT_NE(client.connect_info.find("\"remote_account\":\"" + account_.public_key() + "\""),
              std::string::npos);
    EXPECT_NE(events_->wait_for(account_.public_key() + ".CONNECT").find(user_.public_key()),
              std::string::npos);
    EXPECT_NE(
        events_->wait_for("ACCOUNT." + account_.public_key() + ".SERVER.CONNS").find("\"conns\":1"),
        std::string::npos);
}

TEST_F(OperatorTest, waits_for_a_slow_resolver_without_losing_what_the_client_sends) {
    resolver_->hold();
    RawClient client(broker_->port());
    send_connect(client, user_, user_jwt(user_, account_));
    client.send("SUB a 1\r\nPUB a 2\r\nhi\r\nPING\r\n");
    while (resolver_->waiting() == 0) std::this_thread::yield();
    resolver_->release();
    EXPECT_EQ(client.read_until("PONG\r\n"), "MSG a 1 2\r\nhi\r\nPONG\r\n");
}

TEST_F(OperatorTest, refuses_a_bad_login_with_one_text_and_an_advisory) {
    const KeyPair stranger = KeyPair::generate(KeyKind::account);
    RawClient client(broker_->port());
    send_connect(client, user_, user_jwt(user_, stranger));
    EXPECT_EQ(client.read_to_end(), "-ERR 'Authorization Violation'\r\n");
    const std::string event = events_->wait_for("CLIENT.AUTH.ERR");
    EXPECT_NE(event.find("\"reason\":\"Authentication Failure\""), std::string::npos) << event;
    EXPECT_NE(event.find("\"acc\":\"$G\""), std::string::npos) << event;
}

TEST_F(OperatorTest, closes_a_user_whose_token_expires) {
    RawClient client = log_in(user_, account_, now() + 100);
    pass(std::chrono::seconds(90));
    // The server asks whether it is there, since so much time has passed.
    const std::string before = client.flush();
    EXPECT_TRUE(before.empty() || before == "PING\r\n") << before;
    pass(std::chrono::seconds(12));
    EXPECT_TRUE(client.read_to_end().ends_with("-ERR 'User Authentication Expired'\r\n"));
    EXPECT_NE(events_->wait_for(account_.public_key() + ".DISCONNECT")
                  .find("\"reason\":\"Authentication Expired\""),
              std::string::npos);
}

TEST_F(OperatorTest, keeps_a_user_whose_token_is_good_for_ages) {
    for (const int64_t expires_at :
         {std::numeric_limits<int64_t>::max(), now() + int64_t{5} * 366 * 24 * 3600}) {
        RawClient client = log_in(user_, account_, expires_at);
        for (int i = 0; i < 2; ++i) {
            pass(std::chrono::hours(24 * 366));
            const std::string asked = client.flush();
            EXPECT_EQ(asked.find("-ERR"), std::string::npos) << asked;
            client.send("PONG\r\n");
            client.flush();
        }
    }
}

TEST_F(OperatorTest, times_out_who_does_not_log_in) {
    RawClient client(broker_->port());
    pass(options_.authorization.timeout + std::chrono::seconds(1));
    EXPECT_EQ(client.read_to_end(), "-ERR 'Authentication Timeout'\r\n");
}

TEST_F(OperatorTest, answers_the_services_of_the_system_account) {
    RawClient system = log_in(KeyPair::generate(KeyKind::user), system_);
    EXPECT_NE(system.connect_info.find("\"acc_is_sys\":true"), std::string::npos);
    for (const std::string& subject :
         {std::string("$SYS.REQ.SERVER.PING"), std::string("$SYS.REQ.SERVER.PING.STATSZ"),
          "$SYS.REQ.SERVER." + broker_->server_id() + ".STATSZ"}) {
        EXPECT_NE(request(system, subject).find("\"statsz\":{\"start\""), std::string::npos)
            << subject;
    }
    EXPECT_NE(request(system, "$SYS.REQ.SERVER.PING.IDZ").find(broker_->server_id()),
              std::string::npos);
    EXPECT_NE(request(system, "$SYS.REQ.SERVER.PING.STATSZ", "nonsense").find("\"code\":400"),
              std::string::npos);
    EXPECT_NE(
        request(system, "$SYS.REQ.ACCOUNT." + system_.public_key() + ".CONNS").find("\"conns\":1"),
        std::string::npos);
    EXPECT_EQ(request(system, "$SYS.REQ.SERVER.PING.NOSUCH"), "no responders");
    EXPECT_EQ(request(system, "$SYS.REQ.ACCOUNT." + account_.public_key() + ".CLAIMS.LOOKUP"),
              account_jwt_in_store());
    const std::string unknown = KeyPair::generate(KeyKind::account).public_key();
    EXPECT_EQ(request(system, "$SYS.REQ.ACCOUNT." + unknown + ".CLAIMS.LOOKUP"), "");
}

TEST_F(OperatorTest, tells_a_user_of_any_account_about_itself_and_nothing_else) {
    RawClient client = log_in(user_, account_);
    const std::string answer = request(client, "$SYS.REQ.USER.INFO");
    EXPECT_NE(
        answer.find("\"data\":{\"user\":\"" + user_.public_key() + "\",\"account\":\"" +
                    account_.public_key() + "\",\"account_name\":\"APP\",\"user_name\":\"bob\"}"),
        std::string::npos)
        << answer;
    EXPECT_EQ(request(client, "$SYS.REQ.SERVER.PING"), "no responders");
}

TEST_F(OperatorTest, applies_a_claims_update_to_live_connections) {
    RawClient system = log_in(KeyPair::generate(KeyKind::user), system_);
    RawClient client = log_in(user_, account_);
    // Tokens of the next seconds too: a second may be over before the next login.
    const std::string update = account_jwt(account_, "APP", {{user_.public_key(), now() + 60}});
    EXPECT_NE(request(system, "$SYS.REQ.CLAIMS.UPDATE", update).find("\"message\":\"jwt updated\""),
              std::string::npos);
    EXPECT_EQ(client.read_to_end(), "-ERR 'User Authentication Revoked'\r\n");
    RawClient again(broker_->port());
    send_connect(again, user_, user_jwt(user_, account_));
    EXPECT_EQ(again.read_to_end(), "-ERR 'Authorization Violation'\r\n");
    const KeyPair stranger = KeyPair::generate(KeyKind::operator_key);
    AccountClaims forged = make_account_claims(account_.public_key());
    EXPECT_NE(request(system, "$SYS.REQ.CLAIMS.UPDATE", *encode(forged, stranger, now()))
                  .find("\"code\":500"),
              std::string::npos);
}

TEST_F(OperatorTest, maps_the_subjects_of_live_connections_as_a_claims_update_says) {
    RawClient system = log_in(KeyPair::generate(KeyKind::user), system_);
    RawClient client = log_in(user_, account_);
    client.send("SUB > 1\r\nPUB a.x 1\r\n1\r\n");
    EXPECT_EQ(client.flush(), "MSG a.x 1 1\r\n1\r\n");
    AccountClaims claims = make_account_claims(account_.public_key());
    claims.mappings["a.*"] = {{"b.$1", 0, ""}};
    const std::string update = *encode(claims, operator_, now());
    EXPECT_NE(request(system, "$SYS.REQ.CLAIMS.UPDATE", update).find("\"message\":\"jwt updated\""),
              std::string::npos);
    std::promise<void> turned;
    broker_->when_loops_turned([&turned] { turned.set_value(); });
    turned.get_future().wait();
    client.send("PUB a.x 1\r\n2\r\n");
    EXPECT_EQ(client.flush(), "MSG b.x 1 1\r\n2\r\n");
}

TEST_F(OperatorTest, swaps_the_resolver_without_dropping_a_connection) {
    RawClient client = log_in(user_, account_);
    const std::string jwt = account_jwt_in_store();
    auto next = std::make_unique<FakeResolver>();
    next->put(account_.public_key(), jwt);
    next->put(system_.public_key(), account_jwt(system_, "SYS"));
    BrokerParts parts;
    parts.resolvers.push_back(std::move(next));
    parts.sinks.push_back(std::make_unique<CollectingSink>(events_));
    RawClient system = log_in(KeyPair::generate(KeyKind::user), system_);
    EXPECT_NE(request(system, "$SYS.REQ.CLAIMS.LIST"), "no responders");
    ASSERT_TRUE(broker_->reload(options_, std::move(parts)));
    EXPECT_EQ(client.flush(), "");
    // This one stores nothing, so the services go once the system thread has heard of it.
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (request(system, "$SYS.REQ.CLAIMS.LIST") != "no responders") {
        ASSERT_LT(std::chrono::steady_clock::now(), give_up);
    }
    RawClient another = log_in(KeyPair::generate(KeyKind::user), account_);
    EXPECT_EQ(another.flush(), "");
}

TEST_F(OperatorTest, closes_the_clients_of_an_account_that_the_new_resolver_does_not_have) {
    RawClient client = log_in(user_, account_);
    BrokerParts parts;
    parts.resolvers.push_back(std::make_unique<FakeResolver>());
    ASSERT_TRUE(broker_->reload(options_, std::move(parts)));
    EXPECT_EQ(client.read_to_end(), "-ERR 'Authorization Violation'\r\n");
}

TEST_F(OperatorTest, asks_for_every_account_again_when_a_resolver_says_that_all_changed) {
    RawClient client = log_in(user_, account_);
    RawClient other = log_in(KeyPair::generate(KeyKind::user), account_);
    resolver_->put(account_.public_key(),
                   account_jwt(account_, "APP", {{user_.public_key(), now() + 10}}));
    for (int i = 0; i < 10; ++i) broker_->account_changed({AccountChange::Kind::all, {}});
    EXPECT_EQ(client.read_to_end(), "-ERR 'User Authentication Revoked'\r\n");
    EXPECT_EQ(other.flush(), "");
}

TEST_F(OperatorTest, lets_nobody_in_to_an_account_that_a_resolver_says_is_deleted) {
    RawClient client = log_in(user_, account_);
    resolver_->fail_with({Errc::not_found, "deleted"});
    broker_->account_changed({AccountChange::Kind::deleted, account_.public_key()});
    broker_->account_changed({AccountChange::Kind::deleted, system_.public_key()});
    pass(std::chrono::nanoseconds(0));
    RawClient another(broker_->port());
    send_connect(another, user_, user_jwt(user_, account_));
    EXPECT_EQ(another.read_to_end(), "-ERR 'Authorization Violation'\r\n");
    EXPECT_EQ(client.flush(), "") << "who is there stays";
    RawClient system = log_in(KeyPair::generate(KeyKind::user), system_);
    EXPECT_EQ(system.flush(), "") << "the system account is not deleted";
}

TEST_F(OperatorTest, says_how_its_plugins_are) {
    RawClient system = log_in(KeyPair::generate(KeyKind::user), system_);
    const std::string answer =
        request(system, "$SYS.REQ.SERVER." + broker_->server_id() + ".PLUGINS");
    EXPECT_NE(answer.find(R"("data":{"plugins":[]})"), std::string::npos) << answer;
}

TEST_F(OperatorTest, kicks_a_client_and_sends_one_away_when_the_system_account_asks) {
    RawClient system = log_in(KeyPair::generate(KeyKind::user), system_);
    const auto ask = [&](const std::string& what, const RawClient& client) {
        const auto info = parse_json_object(client.info.substr(5, client.info.size() - 8));
        return request(system, "$SYS.REQ.SERVER." + broker_->server_id() + "." + what,
                       fmt::format("{{\"cid\":{}}}", *json_int(*info, "client_id")));
    };
    RawClient stays = log_in(user_, account_);
    RawClient goes = log_in(user_, account_);
    EXPECT_EQ(ask("KICK", goes).find("\"error\""), std::string::npos);
    EXPECT_EQ(goes.read_to_end(), "");
    EXPECT_NE(events_->wait_for(".DISCONNECT").find("\"reason\":\"Kicked\""), std::string::npos);
    EXPECT_NE(ask("KICK", goes).find("no such client or leafnode id"), std::string::npos);
    EXPECT_EQ(ask("LDM", stays).find("\"error\""), std::string::npos);
    EXPECT_NE(stays.flush().find("\"ldm\":true"), std::string::npos);
    EXPECT_EQ(stays.flush(), "");
}

TEST_F(OperatorTest, answers_a_reload_request_without_a_configuration_file) {
    RawClient system = log_in(KeyPair::generate(KeyKind::user), system_);
    EXPECT_NE(request(system, "$SYS.REQ.SERVER." + broker_->server_id() + ".RELOAD")
                  .find("\"error\":{\"code\":500,\"description\":\"can only reload config when a "
                        "file is provided using -c or --config\"}"),
              std::string::npos);
}

TEST_F(OperatorTest, announces_its_shutdown_to_the_system_account) {
    RawClient system = log_in(KeyPair::generate(KeyKind::user), system_);
    system.send("SUB $SYS.SERVER.*.SHUTDOWN 1\r\n");
    system.flush();
    std::jthread stopper([this] { broker_->stop(); });
    EXPECT_NE(system.read_to_end().find(".SHUTDOWN 1 "), std::string::npos);
    stopper.join();
}

}  // namespace
}  // namespace midge
