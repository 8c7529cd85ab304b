// The effects of a bad login: one text for the client, an advisory, and the true reason in the log.
// The broker continues.
#include <gtest/gtest.h>

#include "base/json.h"
#include "broker/broker.h"
#include "unit/account/fake_resolver.h"
#include "unit/auth/bad_logins.h"
#include "unit/broker/collecting_sink.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::BadLogin;
using test::CollectingSink;
using test::FakeResolver;
using test::LineLogger;
using test::LoginWorld;
using test::RawClient;

class BadLoginBrokerTest : public testing::TestWithParam<BadLogin> {
  protected:
    // Makes the world of the bad login with the current date and the server's nonce. All worlds of
    // a test have the same second; otherwise a token could be newer than its revocation.
    LoginWorld spoilt_world(const std::string& nonce) const {
        LoginWorld world;
        world.now = now_;
        if (!nonce.empty()) world.nonce = nonce;
        GetParam().spoil(world);
        return world;
    }

    void start(LoginWorld& world) {
        if (world.account_token.empty()) {
            world.account_token =
                encode(world.account_claims, *world.account_issuer, world.now - 50).value();
        }
        Options options;
        options.operator_jwts = {
            encode(world.operator_claims, world.operator_key, world.now).value()};
        options.resolver_pinned_accounts = {world.pinned.begin(), world.pinned.end()};
        options.host = "127.0.0.1";
        options.port = -1;
        options.threads = 1;
        options.control_line_bytes_max = 4 * 1024 * 1024;  // some tokens are long
        auto resolver = std::make_unique<FakeResolver>();
        resolver->put(world.account_key.public_key(), world.account_token);
        BrokerParts parts;
        parts.resolvers.push_back(std::move(resolver));
        parts.sinks.push_back(std::make_unique<CollectingSink>(events_));
        broker_ = std::make_unique<Broker>(std::move(options), log_);
        const auto started = broker_->start(std::move(parts));
        ASSERT_TRUE(started) << started.error().text;
    }

    const int64_t now_ = wall_now_seconds();
    std::shared_ptr<CollectingSink::Store> events_ = std::make_shared<CollectingSink::Store>();
    LineLogger log_;
    std::unique_ptr<Broker> broker_;
};

TEST_P(BadLoginBrokerTest, is_refused_and_told) {
    if (spoilt_world({}).client_ip.empty())
        GTEST_SKIP() << "a client without an address does not come by TCP";
    LoginWorld server_side = spoilt_world({});
    start(server_side);
    RawClient client(broker_->port());
    const auto info = parse_json_object(client.info.substr(5, client.info.size() - 8));
    LoginWorld world = spoilt_world(json_string(*info, "nonce").value());
    if (world.user_token.empty())
        world.user_token = encode(world.user_claims, *world.user_issuer, world.now - 40).value();
    const bool other_nonce =
        !world.nonce.empty() && client.info.find(world.nonce) == std::string::npos;
    if (world.signature.empty() || other_nonce) world.signature = world.sign_nonce(world.user_key);
    const std::string signature = world.signature == "-" ? "" : world.signature;
    client.send(R"(CONNECT {"verbose":false,"jwt":")" + world.user_token + R"(","sig":")" +
                signature + "\"}\r\n");
    EXPECT_EQ(client.read_to_end(), "-ERR 'Authorization Violation'\r\n");

    const std::string event = events_->wait_for("CLIENT.AUTH.ERR");
    const bool lacks_proxy = std::string_view(GetParam().name) == "proxy_required";
    const std::string reason = lacks_proxy ? "Proxy Required" : "Authentication Failure";
    EXPECT_NE(event.find("\"reason\":\"" + reason + "\""), std::string::npos) << event;
    const std::string lines = log_.lines();
    EXPECT_NE(lines.find("authentication error: "), std::string::npos) << lines;
    // An unusable account is detected before the decision about the login, and has another text.
    if (lines.find("Account JWT lookup error: account ") == std::string::npos) {
        EXPECT_NE(lines.find(GetParam().reason), std::string::npos) << lines;
    }
    EXPECT_EQ(lines.find("eyJ"), std::string::npos) << "a token: " << lines;
    EXPECT_EQ(lines.find(world.nonce.empty() ? "no nonce" : world.nonce), std::string::npos)
        << lines;
    if (signature.size() > 3) {
        EXPECT_EQ(lines.find(signature), std::string::npos) << lines;
    }
    EXPECT_FALSE(RawClient(broker_->port()).info.empty()) << "the broker is gone";
}

std::string name_of(const testing::TestParamInfo<BadLogin>& info) {
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Token, BadLoginBrokerTest, testing::ValuesIn(test::bad_tokens()), name_of);
INSTANTIATE_TEST_SUITE_P(Decision, BadLoginBrokerTest, testing::ValuesIn(test::bad_decisions()),
                         name_of);

}  // namespace
}  // namespace midge
