// Logins that a callout service decides: sealed requests and answers, and reloads.
// tests/wire/callout tests the content of requests and answers.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "auth/callout_claims.h"
#include "auth/generic_claims.h"
#include "auth/jwt.h"
#include "base/clock.h"
#include "base/text.h"
#include "broker/broker.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/parsed_options.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::LineLogger;
using test::RawClient;

// A request as the service receives it, before it is opened.
struct Request {
    std::string reply;
    std::string header;
    std::string body;
};

class CalloutTest : public testing::Test {
  protected:
    std::string config(const std::string& callout) const {
        return "accounts { AUTH { users: [{user: auth, password: p}] }, APP { users: [{user: app, "
               "password: p}] } }\n" +
               callout;
    }
    std::string callout(const std::string& more = "") const { return callout_by(issuer_, more); }
    static std::string callout_by(const KeyPair& issuer, const std::string& more = "") {
        return "authorization { timeout: 20, auth_callout { issuer: " + issuer.public_key() +
               ", account: AUTH, auth_users: [auth] " + more + " } }";
    }
    Options options_of(const std::string& text) const { return test::parsed_options(text, 2); }
    void start(const std::string& text) {
        broker_ = std::make_unique<Broker>(options_of(config(text)), log_);
        const auto started = broker_->start({});
        ASSERT_TRUE(started) << started.error().text;
    }
    void reload(const std::string& text) {
        const auto reloaded = broker_->reload(options_of(config(text)), {});
        ASSERT_TRUE(reloaded) << reloaded.error().text;
    }
    RawClient client(const std::string& user) {
        RawClient client(broker_->port());
        client.log_in(R"({"verbose":false,"headers":true,"no_responders":true,"user":")" + user +
                      R"(","pass":"p"})");
        return client;
    }
    RawClient service() {
        RawClient service = client("auth");
        service.send("SUB $SYS.REQ.USER.AUTH 1\r\n");
        EXPECT_EQ(service.flush(), "");
        return service;
    }
    RawClient stranger() {
        RawClient client(broker_->port());
        client.send("CONNECT {\"verbose\":false,\"user\":\"bob\",\"pass\":\"very secret\"}\r\n");
        return client;
    }
    // Returns the server's key from its INFO.
    static std::string xkey_of(const RawClient& client) {
        constexpr std::string_view member = "\"xkey\":\"";
        return client.info.substr(client.info.find(member) + member.size(), public_key_length);
    }
    static Request read_request(RawClient& service) {
        const std::string line = service.read_until("\r\n");
        const auto words = split(trim(line), ' ');
        EXPECT_GE(words.size(), 5U) << line;
        const size_t size = std::stoul(std::string(words.back()));
        const size_t header = words[0] == "HMSG" ? std::stoul(std::string(words[4])) : 0;
        const std::string all = service.read_bytes(size + 2);
        return {std::string(words[3]), all.substr(0, header), all.substr(header, size - header)};
    }
    std::string answer(const std::string& request_token) const {
        const auto request = decode_generic(request_token);
        EXPECT_TRUE(request) << request.error().text;
        UserClaims user = make_user_claims(*json_string(request->nats, "user_nkey"));
        user.aud = "APP";
        GenericClaims claims;
        claims.sub = user.sub;
        claims.aud = broker_->server_id();
        claims.nats = JsonObject(new Poco::JSON::Object);
        claims.nats->set("type", "authorization_response");
        claims.nats->set("jwt", encode(user, issuer_, wall_now_seconds()).value());
        return encode(claims, issuer_, wall_now_seconds()).value();
    }
    static void reply(RawClient& service, const Request& request, const std::string& body) {
        service.send("PUB " + request.reply + " " + std::to_string(body.size()) + "\r\n" + body +
                     "\r\n");
    }
    void let_in(RawClient& service) {
        const Request request = read_request(service);
        reply(service, request, answer(request.body));
    }

    const KeyPair issuer_ = KeyPair::generate(KeyKind::account);
    LineLogger log_;
    std::unique_ptr<Broker> broker_;
};

constexpr const char* refused = "-ERR 'Authorization Violation'\r\n";

TEST_F(CalloutTest, seals_requests_for_the_service_and_opens_its_answers) {
    const KeyPair xkey = KeyPair::generate(KeyKind::curve);
    start(callout(", xkey: " + xkey.public_key()));
    RawClient asked = service();
    RawClient bob = stranger();
    const Request request = read_request(asked);
    const std::string server = xkey_of(asked);
    EXPECT_EQ(request.header, "NATS/1.0\r\nNats-Server-Xkey: " + server + "\r\n\r\n");
    EXPECT_EQ(request.body.find("eyJ"), std::string::npos) << "a token can be read by anybody";
    const auto token = xkey.open(request.body, server);
    ASSERT_TRUE(token) << token.error().text;
    const auto claims = decode_generic(*token);
    ASSERT_TRUE(claims) << claims.error().text;
    EXPECT_EQ(json_string(*json_object(claims->nats, "server_id"), "xkey").value(), server);
    EXPECT_EQ(json_string(*json_object(claims->nats, "connect_opts"), "pass").value(),
              "very secret");
    reply(asked, request, xkey.seal(answer(*token), server).value());
    EXPECT_EQ(bob.flush(), "");
}

TEST_F(CalloutTest, takes_an_answer_that_is_not_sealed) {
    const KeyPair xkey = KeyPair::generate(KeyKind::curve);
    start(callout(", xkey: " + xkey.public_key()));
    RawClient asked = service();
    RawClient bob = stranger();
    const Request request = read_request(asked);
    const std::string server = xkey_of(asked);
    reply(asked, request, answer(xkey.open(request.body, server).value()));
    EXPECT_EQ(bob.flush(), "");
}

TEST_F(CalloutTest, refuses_an_answer_that_another_sealed) {
    const KeyPair xkey = KeyPair::generate(KeyKind::curve);
    const KeyPair other = KeyPair::generate(KeyKind::curve);
    start(callout(", xkey: " + xkey.public_key()));
    RawClient asked = service();
    RawClient bob = stranger();
    const Request request = read_request(asked);
    const std::string server = xkey_of(asked);
    reply(asked, request,
          other.seal(answer(xkey.open(request.body, server).value()), server).value());
    EXPECT_EQ(bob.read_to_end(), refused);
}

TEST_F(CalloutTest, says_why_in_the_log_and_never_the_password) {
    start(callout());
    RawClient asked = service();
    RawClient bob = stranger();
    reply(asked, read_request(asked), "");
    EXPECT_EQ(bob.read_to_end(), refused);
    // Logged before the client gets the error.
    EXPECT_NE(log_.lines().find("authentication error - User \"bob\": Auth callout violation: "
                                "\"no reason supplied\" on account \"AUTH\""),
              std::string::npos)
        << log_.lines();
    EXPECT_EQ(log_.lines().find("very secret"), std::string::npos);
}

TEST_F(CalloutTest, a_trace_does_not_show_what_the_service_is_told) {
    LineLogger trace(LogLevel::trace);
    broker_ =
        std::make_unique<Broker>(options_of(config("trace_verbose: true\n" + callout())), trace);
    ASSERT_TRUE(broker_->start({}));
    RawClient asked = service();
    RawClient bob = stranger();
    let_in(asked);
    EXPECT_EQ(bob.flush(), "");
    const std::string lines = trace.lines();
    EXPECT_NE(lines.find("\"user\":\"bob\",\"pass\":\"[REDACTED]\""), std::string::npos) << lines;
    EXPECT_EQ(lines.find("very secret"), std::string::npos);
    EXPECT_EQ(lines.find("->> MSG_PAYLOAD"), std::string::npos) << lines;
    broker_->stop();
}

TEST_F(CalloutTest, a_reload_keeps_those_whom_the_same_service_let_in) {
    start(callout());
    RawClient asked = service();
    RawClient bob = stranger();
    let_in(asked);
    EXPECT_EQ(bob.flush(), "");
    reload(callout() + "\nmax_payload: 1000");
    EXPECT_EQ(asked.flush(), "");
    EXPECT_EQ(bob.flush(), "");
    reload(callout_by(KeyPair::generate(KeyKind::account)));
    EXPECT_EQ(bob.read_to_end(), refused);
    EXPECT_EQ(asked.flush(), "") << "is listed in auth_users";
}

TEST_F(CalloutTest, a_reload_closes_those_whom_a_new_service_has_to_be_asked_about) {
    start("");
    RawClient app = client("app");
    RawClient auth = client("auth");
    reload(callout());
    EXPECT_EQ(app.read_to_end(), refused);
    EXPECT_EQ(auth.flush(), "");
    reload("");
    RawClient again = client("app");
    EXPECT_EQ(again.flush(), "");
}

TEST_F(CalloutTest, keeps_what_a_client_sent_until_the_answer) {
    start(callout());
    RawClient asked = service();
    RawClient bob = stranger();
    bob.send("SUB x 1\r\nPUB x 2\r\nhi\r\n");
    let_in(asked);
    EXPECT_EQ(bob.flush(), "MSG x 1 2\r\nhi\r\n");
}

}  // namespace
}  // namespace midge
