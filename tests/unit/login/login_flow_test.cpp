// The walk of a login through what it has to wait for: the hash pool, the resolver, a callout
// service. What clients see of it is shown by tests/wire: auth, callout, jwt, proxies.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "auth/generic_claims.h"
#include "auth/jwt.h"
#include "auth/password.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "config/options_loader.h"
#include "login/login.h"
#include "unit/account/fake_resolver.h"

namespace midge {
namespace {

// Keeps the questions until the test answers them.
class FakeCallout final : public Callout {
  public:
    void ask(CalloutQuestion question, Answered answered) override {
        questions.push_back(std::move(question));
        waiting.push_back(std::move(answered));
    }
    [[nodiscard]] const std::string& xkey() const noexcept override { return none_; }
    [[nodiscard]] const std::string& server_id() const noexcept override { return server_id_; }

    std::vector<CalloutQuestion> questions;
    std::vector<Answered> waiting;

  private:
    const std::string none_;
    const std::string server_id_ = "the server";
};

struct Outcome {
    int times = 0;
    Result<LoginGrant> grant = fail("no answer");
    LoginCase how;
    std::thread::id thread;
    std::promise<void> done;

    [[nodiscard]] std::string error() const { return grant ? "" : grant.error().text; }
};

LoginRequest as_user(const std::string& user, const std::string& password) {
    LoginRequest request;
    request.connect.user = user;
    request.connect.pass = password;
    request.client_ip = "127.0.0.1";
    return request;
}

class LoginFlowTest : public testing::Test {
  protected:
    void configure(const std::string& text) {
        auto loaded = load_options_from_text(text, "test.conf", system_config_sources());
        ASSERT_TRUE(loaded) << loaded.error().text;
        for (const char* name : {"$G", "APP", "AUTH"}) registry_.add_local(name, false);
        auto made = Authenticator::from(loaded->options, registry_, operators_, hashes_, callout_,
                                        ConnectionType::standard, false);
        ASSERT_TRUE(made) << made.error().text;
        rules_ = std::move(*made);
    }
    std::shared_ptr<Outcome> log_in(LoginRequest request) {
        auto outcome = std::make_shared<Outcome>();
        rules_->login(std::move(request), [outcome](Result<LoginGrant> grant, LoginCase how) {
            ++outcome->times;
            outcome->grant = std::move(grant);
            outcome->how = how;
            outcome->thread = std::this_thread::get_id();
            outcome->done.set_value();
        });
        return outcome;
    }
    // Answers the question about a login: `service` signs, and lets in a user that `issuer` made.
    void answer_with(size_t index, const UserClaims& user, const KeyPair& issuer,
                     const KeyPair& service) {
        GenericClaims claims;
        claims.sub = user.sub;
        claims.aud = callout_.server_id();
        claims.nats = JsonObject(new Poco::JSON::Object);
        claims.nats->set("type", "authorization_response");
        claims.nats->set("jwt", encode(user, issuer, wall_now_seconds()).value());
        callout_.waiting[index](
            CalloutAnswer{encode(claims, service, wall_now_seconds()).value(), user.sub});
    }

    const KeyPair issuer_ = KeyPair::generate(KeyKind::account);
    const KeyPair user_ = KeyPair::generate(KeyKind::user);
    NullLogger log_;
    AccountRegistry registry_{1, log_, [](Account&) {}};
    HashPool hashes_{1};
    FakeCallout callout_;
    std::shared_ptr<const TrustedOperators> operators_;
    std::shared_ptr<const Authenticator> rules_;
};

std::string slow_user() {
    return "{user: slow, password: \"" + hash_password("pw", bcrypt_cost_min).value() + "\"}";
}

TEST_F(LoginFlowTest, answers_within_the_call_when_there_is_nothing_to_wait_for) {
    configure("accounts { APP { users: [{user: bob, password: pw}] } }");
    const auto bob = log_in(as_user("bob", "pw"));
    EXPECT_EQ(bob->times, 1);
    EXPECT_EQ(bob->thread, std::this_thread::get_id());
    ASSERT_TRUE(bob->grant) << bob->error();
    EXPECT_EQ(bob->grant->account, registry_.find("APP"));
    EXPECT_EQ(bob->grant->user, "bob");
    const auto wrong = log_in(as_user("bob", "guess"));
    EXPECT_EQ(wrong->times, 1);
    EXPECT_EQ(wrong->error(), "wrong password for user \"bob\"");
}

TEST_F(LoginFlowTest, hashes_on_a_thread_of_the_pool) {
    configure("accounts { APP { users: [" + slow_user() + "] } }");
    for (const char* password : {"pw", "guess"}) {
        const auto slow = log_in(as_user("slow", password));
        slow->done.get_future().wait();
        EXPECT_EQ(slow->times, 1);
        EXPECT_NE(slow->thread, std::this_thread::get_id());
        EXPECT_EQ(slow->error(),
                  password == std::string("pw") ? "" : "wrong password for user \"slow\"");
    }
}

TEST_F(LoginFlowTest, refuses_when_the_pool_takes_no_more) {
    configure("accounts { APP { users: [" + slow_user() + "] } }");
    hashes_.stop();
    const auto slow = log_in(as_user("slow", "pw"));
    EXPECT_EQ(slow->times, 1);
    EXPECT_EQ(slow->error(), "too many passwords wait to be checked");
}

TEST_F(LoginFlowTest, is_dropped_when_its_client_goes_before_its_hash) {
    configure("accounts { APP { users: [" + slow_user() + "] } }");
    std::promise<void> busy, release;
    ASSERT_TRUE(hashes_.post(nullptr, [&] {
        busy.set_value();
        release.get_future().wait();
    }));
    busy.get_future().wait();
    LoginRequest request = as_user("slow", "pw");
    request.waiting = std::make_shared<std::atomic<bool>>(true);
    const auto gone = log_in(request);
    const auto next = log_in(as_user("slow", "pw"));
    *request.waiting = false;
    release.set_value();
    next->done.get_future().wait();
    hashes_.stop();
    EXPECT_EQ(gone->times, 0);
    EXPECT_EQ(gone.use_count(), 1) << "the login is still there";
}

TEST_F(LoginFlowTest, names_the_proxy_whatever_the_way) {
    const KeyPair proxy = KeyPair::generate(KeyKind::user);
    configure("proxies { trusted: [{key: " + proxy.public_key() +
              "}] }\naccounts { APP { users: [{user: bob, password: pw}, " + slow_user() + "] } }");
    for (const char* user : {"bob", "slow"}) {
        LoginRequest request = as_user(user, "pw");
        request.nonce = "the nonce";
        request.connect.proxy_sig = base64url_encode(proxy.sign(request.nonce));
        const auto proxied = log_in(request);
        proxied->done.get_future().wait();
        ASSERT_TRUE(proxied->grant) << proxied->error();
        EXPECT_EQ(proxied->grant->details().proxy, proxy.public_key());
        EXPECT_TRUE(rules_->still_trusts_proxy(*proxied->grant));
        request.nonce = "another";
        const auto stranger = log_in(request);
        EXPECT_EQ(stranger->error(), "proxy is not trusted");
        EXPECT_EQ(stranger->how.reason, CloseReason::proxy_not_trusted);
    }
}

class ConfiguredCalloutTest : public LoginFlowTest {
  protected:
    void configure_callout(const std::string& more = "") {
        configure(
            "accounts { AUTH { users: [{user: auth, password: pw}] }, APP { users: [{user: "
            "app, password: pw}, " +
            slow_user() + "] } }\nauthorization { auth_callout { issuer: " + issuer_.public_key() +
            ", account: AUTH, auth_users: [auth] " + more + " } }");
    }
    void answer(size_t index, const std::string& account) {
        UserClaims user = make_user_claims(user_.public_key());
        user.aud = account;
        answer_with(index, user, issuer_, issuer_);
    }
};

TEST_F(ConfiguredCalloutTest, asks_and_lets_in_whom_the_service_made) {
    configure_callout();
    const auto bob = log_in(as_user("bob", "secret"));
    EXPECT_EQ(bob->times, 0);
    ASSERT_EQ(callout_.questions.size(), 1U);
    EXPECT_EQ(callout_.questions[0].account, registry_.find("AUTH"));
    EXPECT_EQ(callout_.questions[0].issuer, issuer_.public_key());
    EXPECT_EQ(callout_.questions[0].claims.client.user, "bob");
    EXPECT_EQ(callout_.questions[0].claims.connect.password, "secret");
    answer(0, "APP");
    EXPECT_EQ(bob->times, 1);
    ASSERT_TRUE(bob->grant) << bob->error();
    EXPECT_TRUE(bob->grant->called_out);
    EXPECT_EQ(bob->grant->account, registry_.find("APP"));
    EXPECT_EQ(bob->grant->user, "bob");
    EXPECT_EQ(bob->grant->details().issuer_key, "APP");
    EXPECT_EQ(bob->grant->details().user_name, "");
    EXPECT_EQ(bob->how.callout, registry_.find("AUTH"));
    EXPECT_EQ(bob->grant->subscriptions_max, no_limit);
}

TEST_F(ConfiguredCalloutTest, says_whose_service_refused) {
    configure_callout();
    const auto late = log_in(as_user("bob", "secret"));
    callout_.waiting[0](fail(Errc::timeout, "nobody answers"));
    EXPECT_EQ(late->error(), "Nobody answers");
    EXPECT_EQ(late->how.callout, registry_.find("AUTH"));
    const auto stray = log_in(as_user("bob", "secret"));
    answer(1, "NONE");
    EXPECT_EQ(stray->error(),
              "No valid account \"NONE\" for auth callout response on account \"AUTH\": account "
              "missing");
    EXPECT_EQ(stray->how.callout, registry_.find("AUTH"));
    const auto auth = log_in(as_user("auth", "guess"));
    EXPECT_EQ(auth->error(), "wrong password for user \"auth\"");
    EXPECT_EQ(auth->how.callout, nullptr);
    EXPECT_EQ(callout_.questions.size(), 2U);
}

TEST_F(ConfiguredCalloutTest, asks_only_about_listed_accounts_and_failed_logins) {
    configure_callout(", allowed_accounts: [AUTH]");
    EXPECT_TRUE(log_in(as_user("app", "pw"))->grant);
    const auto slow = log_in(as_user("slow", "pw"));
    slow->done.get_future().wait();
    EXPECT_TRUE(slow->grant) << slow->error();
    EXPECT_TRUE(callout_.questions.empty());
    const auto guess = log_in(as_user("app", "guess"));
    EXPECT_EQ(guess->times, 0);
    EXPECT_EQ(callout_.questions.size(), 1U);
    // Also when nobody can tell whether the password is right.
    hashes_.stop();
    const auto unknown = log_in(as_user("slow", "pw"));
    EXPECT_EQ(unknown->times, 0);
    EXPECT_EQ(callout_.questions.size(), 2U);
    answer(1, "APP");
    EXPECT_TRUE(unknown->grant) << unknown->error();
}

// Operators, and an account APP whose service decides.
class AccountCalloutTest : public LoginFlowTest {
  protected:
    AccountCalloutTest() {
        OperatorClaims claims;
        claims.sub = operator_.public_key();
        operators_ = std::make_shared<const TrustedOperators>(
            TrustedOperators::from({*encode(claims, operator_, wall_now_seconds())}, {}).value());
        registry_.set_source(resolver_, operators_, {});
        AccountClaims app = make_account_claims(app_.public_key());
        app.authorization.auth_users = {KeyPair::generate(KeyKind::user).public_key()};
        app.authorization.allowed_accounts = {other_.public_key()};
        resolver_->put(app.sub, *encode(app, operator_, wall_now_seconds()));
        resolver_->put(other_.public_key(), *encode(make_account_claims(other_.public_key()),
                                                    operator_, wall_now_seconds()));
    }
    LoginRequest request() const {
        UserClaims claims = make_user_claims(user_.public_key());
        claims.name = "bob";
        LoginRequest request;
        request.connect.jwt = *encode(claims, app_, wall_now_seconds());
        request.nonce = "the nonce";
        request.connect.sig = base64url_encode(user_.sign(request.nonce));
        return request;
    }
    void answer(size_t index, const KeyPair& account) {
        UserClaims let_in = make_user_claims(KeyPair::generate(KeyKind::user).public_key());
        let_in.name = "guest";
        answer_with(index, let_in, account, app_);
    }

    const KeyPair operator_ = KeyPair::generate(KeyKind::operator_key);
    const KeyPair app_ = KeyPair::generate(KeyKind::account);
    const KeyPair other_ = KeyPair::generate(KeyKind::account);
    std::shared_ptr<test::FakeResolver> resolver_ = std::make_shared<test::FakeResolver>();
};

TEST_F(AccountCalloutTest, waits_for_the_account_the_service_and_the_account_of_its_answer) {
    configure("");
    resolver_->hold();
    const auto bob = log_in(request());
    EXPECT_TRUE(callout_.questions.empty());
    resolver_->release();
    ASSERT_EQ(callout_.questions.size(), 1U);
    EXPECT_EQ(callout_.questions[0].issuer, app_.public_key());
    EXPECT_EQ(callout_.questions[0].claims.client.user, user_.public_key());
    resolver_->hold();
    answer(0, other_);
    EXPECT_EQ(bob->times, 0);
    resolver_->release();
    EXPECT_EQ(bob->times, 1);
    ASSERT_TRUE(bob->grant) << bob->error();
    EXPECT_EQ(bob->grant->account, registry_.find(other_.public_key()));
    EXPECT_EQ(bob->grant->user, "guest");
    EXPECT_EQ(bob->grant->details().user_name, "bob") << "the name it came with stays";
    EXPECT_EQ(bob->how.callout, registry_.find(app_.public_key()));
}

TEST_F(AccountCalloutTest, refuses_another_account_than_the_claims_allow) {
    configure("");
    const KeyPair third = KeyPair::generate(KeyKind::account);
    const auto bob = log_in(request());
    answer(0, third);
    EXPECT_EQ(bob->times, 1);
    EXPECT_EQ(bob->error(), "Account \"" + third.public_key() +
                                "\" not permitted as valid account option for auth callout for "
                                "account \"" +
                                app_.public_key() + "\"");
    EXPECT_EQ(bob->how.callout, registry_.find(app_.public_key()));
    EXPECT_EQ(resolver_->fetches(third.public_key()), 0);
}

TEST_F(AccountCalloutTest, says_why_an_account_could_not_be_had) {
    configure("");
    resolver_->fail_with({Errc::unavailable, "down"});
    const auto bob = log_in(request());
    EXPECT_EQ(bob->error(), "Account JWT lookup error: down");
    EXPECT_EQ(bob->how.callout, nullptr);
    resolver_->recover();
    const auto again = log_in(request());
    resolver_->fail_with({Errc::unavailable, "down"});
    answer(0, other_);
    EXPECT_EQ(again->error(), "Account JWT lookup error: down");
    EXPECT_EQ(again->how.callout, registry_.find(app_.public_key()));
}

}  // namespace
}  // namespace midge
