// The fields of log lines about clients, for logs in JSON (docs/logging.md).
#include <gtest/gtest.h>

#include "base/clock.h"
#include "broker/broker.h"
#include "config/options_loader.h"
#include "unit/account/fake_resolver.h"
#include "unit/auth/login_world.h"
#include "unit/broker/field_logger.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::RawClient;
using Fields = test::FieldLogger::Fields;

constexpr const char* some_permissions =
    "max_subscription_tokens: 3\n"
    "authorization { users: [{user: ann, password: secret,\n"
    "    permissions: {publish: [\"x\"], subscribe: [\"x\", \"a.>\"]}}] }";
constexpr const char* ann = R"({"verbose":false,"user":"ann","pass":"secret"})";

class LogFieldsTest : public testing::Test {
  protected:
    void start(const std::string& config) {
        auto loaded = load_options_from_text("listen: \"127.0.0.1:-1\"\n" + config, "server.conf",
                                             system_config_sources());
        ASSERT_TRUE(loaded);
        start(std::move(loaded->options), {});
    }
    void start(Options options, BrokerParts parts) {
        broker_ = std::make_unique<Broker>(std::move(options), log_);
        const auto started = broker_->start(std::move(parts));
        ASSERT_TRUE(started) << started.error().text;
    }
    void TearDown() override { EXPECT_FALSE(log_.shows("secret")); }
    // Logs in as ann, and sends commands. Returns after the server has handled them.
    void play(const std::string& commands) {
        RawClient client(broker_->port());
        client.log_in(ann);
        client.send(commands);
        client.flush();
    }
    // Sends a text that ends the connection.
    void fail_with(const std::string& text) {
        RawClient client(broker_->port());
        client.send(text);
        client.read_to_end();
    }
    // Returns the fields that are asked for of the first line that begins with `start`; those that
    // the line does not have are left out.
    [[nodiscard]] Fields fields(std::string_view start,
                                const std::vector<std::string>& names) const {
        const auto all = log_.find(start);
        if (!all) ADD_FAILURE() << "no line begins with " << start;
        Fields found;
        for (const std::string& name : names) {
            if (all && all->contains(name)) found.emplace(name, all->at(name));
        }
        return found;
    }
    const std::vector<std::string> who_and_what = {"kind",  "user", "subject", "queue",
                                                   "reply", "sid",  "reason"};
    test::FieldLogger log_;
    std::unique_ptr<Broker> broker_;
};

TEST_F(LogFieldsTest, refused_publishes_have_subject_and_reply) {
    start(some_permissions);
    play("PUB not.mine 1\r\nm\r\nPUB x _R_.a 1\r\nm\r\n");
    EXPECT_EQ(fields("Publish Violation - Subject \"not.mine\"", who_and_what),
              (Fields{{"kind", "Client"}, {"user", "ann"}, {"subject", "not.mine"}}));
    EXPECT_EQ(fields("Publish Violation - Reply \"_R_.a\"", who_and_what),
              (Fields{{"kind", "Client"}, {"user", "ann"}, {"subject", "x"}, {"reply", "_R_.a"}}));
}

TEST_F(LogFieldsTest, refused_subscriptions_have_subject_queue_and_sid) {
    start(some_permissions);
    play("SUB y 1\r\nSUB jobs v2 2\r\nSUB a.b.c.d 3\r\n");
    EXPECT_EQ(fields("Subscription Violation - Subject \"y\"", who_and_what),
              (Fields{{"kind", "Client"}, {"user", "ann"}, {"subject", "y"}, {"sid", "1"}}));
    EXPECT_EQ(fields("Subscription Violation - Subject \"jobs\"", who_and_what),
              (Fields{{"kind", "Client"},
                      {"user", "ann"},
                      {"subject", "jobs"},
                      {"queue", "v2"},
                      {"sid", "2"}}));
    EXPECT_EQ(fields("Subscription Violation Too Many Tokens", who_and_what),
              (Fields{{"kind", "Client"}, {"user", "ann"}, {"subject", "a.b.c.d"}, {"sid", "3"}}));
}

TEST_F(LogFieldsTest, a_subscription_over_the_limit_has_reason_and_subject) {
    start(std::string("max_subscriptions: 1\n") + some_permissions);
    play("SUB x 1\r\nSUB a.b jobs 2\r\n");
    EXPECT_EQ(fields("maximum subscriptions exceeded", {"reason", "subject", "queue", "sid"}),
              (Fields{{"reason", "maximum subscriptions exceeded"},
                      {"subject", "a.b"},
                      {"queue", "jobs"},
                      {"sid", "2"}}));
}

TEST_F(LogFieldsTest, clients_that_break_the_protocol_have_a_reason) {
    start("max_payload: 10");
    fail_with("BOGUS\r\n");
    EXPECT_EQ(fields("Client parser ERROR", {"reason"}),
              (Fields{{"reason", "Protocol Violation"}}));
    fail_with("PUB a 11\r\n");
    EXPECT_EQ(fields("maximum payload exceeded", {"reason"}),
              (Fields{{"reason", "Maximum Message Payload Exceeded"}}));
    fail_with("CONNECT {\"protocol\":2}\r\n");
    EXPECT_EQ(fields("invalid client protocol", {"reason"}),
              (Fields{{"reason", "invalid client protocol"}}));
}

// CONNECT names no user then, and the text of the line neither.
TEST_F(LogFieldsTest, a_refused_login_by_jwt_has_the_key_of_the_user) {
    test::LoginWorld world;
    world.now = wall_now_seconds();
    const std::string account =
        encode(world.account_claims, *world.account_issuer, world.now - 50).value();
    Options options;
    options.operator_jwts = {encode(world.operator_claims, world.operator_key, world.now).value()};
    options.host = "127.0.0.1";
    options.port = -1;
    auto resolver = std::make_unique<test::FakeResolver>();
    resolver->put(world.account_key.public_key(), account);
    BrokerParts parts;
    parts.resolvers.push_back(std::move(resolver));
    start(std::move(options), std::move(parts));
    UserClaims expired = world.user_claims;
    expired.exp = world.now - 10;
    const std::string key = world.user_key.public_key();
    const std::vector<std::pair<UserClaims, std::string>> cases = {
        {expired, "authentication error: User JWT no longer valid"},
        {world.user_claims, "authentication error: the nonce was not signed"},
    };
    for (const auto& [claims, text] : cases) {
        const std::string token = encode(claims, *world.user_issuer, world.now - 40).value();
        fail_with(R"(CONNECT {"verbose":false,"jwt":")" + token + "\"}\r\n");
        EXPECT_EQ(fields(text, {"user", "account"}), (Fields{{"user", key}}));
        EXPECT_FALSE(log_.shows(token));
    }
}

}  // namespace
}  // namespace midge
