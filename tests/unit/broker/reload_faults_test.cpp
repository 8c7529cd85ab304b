// A reload is one transaction: one that fails leaves everything as it was.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "auth/jwt.h"
#include "auth/nkey.h"
#include "base/clock.h"
#include "broker/broker.h"
#include "unit/account/fake_resolver.h"
#include "unit/broker/collecting_sink.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/parsed_options.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::CollectingSink;
using test::RawClient;
using testing::HasSubstr;

Options parse(const std::string& text) {
    return test::parsed_options(text, 2);
}

constexpr const char* before_reload = R"(server_tags: [before]
max_payload: 1111
accounts {
  A { users: [ {user: a, password: p} ], mappings: { x: before }, limits: { max_payload: 1000 } }
}
)";
constexpr const char* after_reload = R"(server_tags: [after]
max_payload: 2222
accounts {
  A { users: [ {user: b, password: p} ], mappings: { x: after }, limits: { max_payload: 2000 } }
  NEW { users: [ {user: new, password: p} ] }
}
)";

AccountOptions& new_account(Options& options) {
    return *std::find_if(options.accounts.begin(), options.accounts.end(),
                         [](const AccountOptions& account) { return account.name == "NEW"; });
}

class ReloadFaults : public testing::Test {
  protected:
    void SetUp() override {
        broker_ = std::make_unique<Broker>(parse(before_reload), log_);
        const auto started = broker_->start(parts(sink_before_));
        ASSERT_TRUE(started) << started.error().text;
    }
    static BrokerParts parts(const std::shared_ptr<CollectingSink::Store>& sink) {
        BrokerParts parts;
        parts.sinks.push_back(std::make_unique<CollectingSink>(sink));
        return parts;
    }
    // Gives the error.
    std::string fail_to_reload(const Options& options) {
        const auto reloaded = broker_->reload(options, parts(sink_after_));
        return reloaded ? "reloaded" : reloaded.error().text;
    }
    void expect_all_as_before(RawClient& connected) {
        EXPECT_EQ(broker_->generation(), 1U);
        EXPECT_EQ(broker_->options().payload_bytes_max, 1111);
        EXPECT_EQ(broker_->registry().find("NEW"), nullptr);
        connected.send("PUB x 1\r\n1\r\n");
        EXPECT_EQ(connected.flush(), "MSG before 1 1\r\n1\r\n");
        RawClient again(broker_->port());
        EXPECT_THAT(again.info, HasSubstr("\"max_payload\":1111,"));
        again.log_in(R"({"verbose":false,"protocol":1,"user":"a","pass":"p"})");
        EXPECT_THAT(again.read_until("\r\n"), HasSubstr("\"max_payload\":1000,"));
        for (const char* user : {"b", "new"}) {
            RawClient stranger(broker_->port());
            stranger.send(fmt::format("CONNECT {{\"user\":\"{}\",\"pass\":\"p\"}}\r\n", user));
            EXPECT_EQ(stranger.read_to_end(), "-ERR 'Authorization Violation'\r\n");
        }
        ASSERT_TRUE(broker_->events().flush(std::chrono::seconds(RawClient::patience_seconds)));
        EXPECT_THAT(sink_before_->wait_for(".CONNECT"), HasSubstr("\"tags\":[\"before\"]"));
        EXPECT_TRUE(sink_after_->events.empty());
    }

    test::LineLogger log_;
    const std::shared_ptr<CollectingSink::Store> sink_before_ =
        std::make_shared<CollectingSink::Store>();
    const std::shared_ptr<CollectingSink::Store> sink_after_ =
        std::make_shared<CollectingSink::Store>();
    std::unique_ptr<Broker> broker_;
};

TEST_F(ReloadFaults, leave_everything_as_it_was_and_name_the_reason) {
    struct Case {
        const char* fault;
        void (*put_in)(Options& options);
        const char* error;
    };
    const Case cases[] = {
        {"a certificate that is not there",
         [](Options& options) {
             options.tls.emplace();
             options.tls->certificates.push_back({"/nowhere/cert.pem", "/nowhere/key.pem"});
         },
         "/nowhere/cert.pem"},
        {"a user for clients without credentials who is not there",
         [](Options& options) { options.no_auth_user = "nobody"; }, "no_auth_user: \"nobody\""},
        {"an origin that is none",
         [](Options& options) {
             options.websocket.port = -1;
             options.websocket.no_tls = true;
             options.websocket.allowed_origins = {"%zz"};
         },
         "%zz"},
        {"a stream of an account that is not there",
         [](Options& options) {
             StreamImportOptions& added = new_account(options).stream_imports.emplace_back();
             added.account = "NOWHERE";
             added.subject = added.local = "s";
         },
         R"(account "NEW" imports from "NOWHERE", which is not an account)"},
        {"a service that is not exported",
         [](Options& options) {
             ServiceImportOptions& added = new_account(options).service_imports.emplace_back();
             added.account = "A";
             added.subject = added.local = "s";
         },
         R"(account "NEW" imports the service "s", which "A" does not export)"},
    };
    RawClient connected(broker_->port());
    connected.log_in(R"({"verbose":false,"user":"a","pass":"p"})");
    connected.send("SUB > 1\r\n");
    EXPECT_EQ(connected.flush(), "");
    for (const Case& one : cases) {
        SCOPED_TRACE(one.fault);
        Options options = parse(after_reload);
        one.put_in(options);
        EXPECT_THAT(fail_to_reload(options), HasSubstr(one.error));
        expect_all_as_before(connected);
    }
    // Without the fault the same is put in force.
    EXPECT_EQ(fail_to_reload(parse(after_reload)), "reloaded");
    EXPECT_EQ(connected.read_to_end(), "");
    RawClient other(broker_->port());
    other.log_in(R"({"verbose":false,"user":"b","pass":"p"})");
    other.send("SUB > 1\r\nPUB x 1\r\n1\r\n");
    EXPECT_EQ(other.flush(), "MSG after 1 1\r\n1\r\n");
    EXPECT_THAT(sink_after_->wait_for(".CONNECT"), HasSubstr("\"tags\":[\"after\"]"));
    EXPECT_EQ(broker_->generation(), 2U);
}

TEST_F(ReloadFaults, what_is_prepared_and_dropped_leaves_everything_as_it_was) {
    RawClient connected(broker_->port());
    connected.log_in(R"({"verbose":false,"user":"a","pass":"p"})");
    connected.send("SUB > 1\r\n");
    EXPECT_EQ(connected.flush(), "");
    EXPECT_TRUE(broker_->prepare_reload(parse(after_reload), parts(sink_after_)));
    expect_all_as_before(connected);
}

TEST(ReloadFaultsOfOperators, a_reload_without_resolvers_leaves_the_one_that_is_there) {
    const KeyPair operator_key = KeyPair::generate(KeyKind::operator_key);
    OperatorClaims claims;
    claims.sub = operator_key.public_key();
    claims.name = "O";
    Options options;
    options.operator_jwts = {*encode(claims, operator_key, wall_now_seconds())};
    options.host = "127.0.0.1";
    options.port = -1;
    NullLogger log;
    Broker broker(options, log);
    BrokerParts parts;
    parts.resolvers.push_back(std::make_unique<test::FakeResolver>());
    ASSERT_TRUE(broker.start(std::move(parts)));
    const auto resolver = broker.registry().resolver();
    const auto reloaded = broker.reload(options, {});
    ASSERT_FALSE(reloaded);
    EXPECT_EQ(reloaded.error().text, "operators require an account resolver to be configured");
    EXPECT_EQ(broker.registry().resolver(), resolver);
    EXPECT_EQ(broker.generation(), 1U);
}

}  // namespace
}  // namespace midge
