#include <fmt/format.h>
#include <gtest/gtest.h>

#include "account/account_registry.h"
#include "account/resolver_chain.h"
#include "auth/jwt.h"
#include "auth/nkey.h"
#include "base/clock.h"
#include "unit/account/fake_resolver.h"

namespace midge {
namespace {

using test::FakeResolver;

class RegistryTest : public testing::Test {
  protected:
    RegistryTest() {
        OperatorClaims claims;
        claims.sub = operator_.public_key();
        claims.name = "O";
        auto trusted = TrustedOperators::from({*encode(claims, operator_, now())}, {});
        operators_ = std::make_shared<const TrustedOperators>(std::move(*trusted));
        resolver_ = std::make_shared<FakeResolver>();
        registry_.set_source(resolver_, operators_, {});
    }
    static int64_t now() { return wall_now_seconds(); }
    std::string account_jwt(const KeyPair& account, const KeyPair& issuer, int64_t exp = 0,
                            const std::string& name = "A") {
        AccountClaims claims = make_account_claims(account.public_key());
        claims.name = name;
        claims.exp = exp;
        return *encode(claims, issuer, now());
    }
    Result<Account*> lookup(const std::string& key) {
        Result<Account*> answer = fail("no answer");
        registry_.lookup(key, [&](const Result<Account*>& found) { answer = found; });
        return answer;
    }

    KeyPair operator_ = KeyPair::generate(KeyKind::operator_key);
    KeyPair account_ = KeyPair::generate(KeyKind::account);
    NullLogger log_;
    int created_ = 0;
    std::shared_ptr<const TrustedOperators> operators_;
    std::shared_ptr<FakeResolver> resolver_;
    AccountRegistry registry_{1, log_, [this](Account&) { ++created_; }};
};

TEST_F(RegistryTest, fetches_an_unknown_account_once_and_keeps_it) {
    resolver_->put(account_.public_key(), account_jwt(account_, operator_));
    const auto first = lookup(account_.public_key());
    ASSERT_TRUE(first) << first.error().text;
    EXPECT_EQ((*first)->display_name(), "A");
    EXPECT_EQ(*lookup(account_.public_key()), *first);
    EXPECT_EQ(resolver_->fetches(account_.public_key()), 1);
    EXPECT_EQ(created_, 1);
}

TEST_F(RegistryTest, asks_once_for_all_who_wait) {
    resolver_->put(account_.public_key(), account_jwt(account_, operator_));
    resolver_->hold();
    int answers = 0;
    for (int i = 0; i < 5; ++i) {
        registry_.lookup(account_.public_key(),
                         [&](const Result<Account*>& found) { answers += found ? 1 : 0; });
    }
    EXPECT_EQ(resolver_->fetches(account_.public_key()), 1);
    EXPECT_EQ(answers, 0);
    resolver_->release();
    EXPECT_EQ(answers, 5);
}

TEST_F(RegistryTest, asks_again_after_a_failure) {
    resolver_->fail_with({Errc::unavailable, "down"});
    EXPECT_FALSE(lookup(account_.public_key()));
    resolver_->recover();
    resolver_->put(account_.public_key(), account_jwt(account_, operator_));
    EXPECT_TRUE(lookup(account_.public_key()));
    EXPECT_EQ(resolver_->fetches(account_.public_key()), 2);
}

TEST_F(RegistryTest, remembers_for_a_while_that_nobody_knows_an_account) {
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(lookup(account_.public_key()));
    EXPECT_EQ(resolver_->fetches(account_.public_key()), 1);
    resolver_->put(account_.public_key(), account_jwt(account_, operator_));
    registry_.note_stored(account_.public_key());
    EXPECT_TRUE(lookup(account_.public_key()));
}

TEST_F(RegistryTest, made_up_accounts_cannot_wait_without_end) {
    resolver_->hold();
    size_t refused = 0;
    for (size_t i = 0; i < AccountRegistry::lookups_max + 10; ++i) {
        registry_.lookup(KeyPair::generate(KeyKind::account).public_key(),
                         [&](const Result<Account*>& found) { refused += found ? 0U : 1U; });
    }
    EXPECT_EQ(refused, 10U);
    resolver_->stop();
}

TEST_F(RegistryTest, one_address_cannot_keep_all_others_from_asking) {
    const auto made_up = [] { return KeyPair::generate(KeyKind::account).public_key(); };
    size_t refused = 0;
    const auto refused_of = [&](size_t lookups, const auto& address_of) {
        refused = 0;
        for (size_t i = 0; i < lookups; ++i) {
            registry_.lookup(
                made_up(), [&](const Result<Account*>& found) { refused += found ? 0U : 1U; },
                address_of(i));
        }
        return refused;
    };
    const auto always = [](std::string address) {
        return [=](size_t) -> std::string_view { return address; };
    };
    constexpr size_t half = AccountRegistry::lookups_max / 2;
    constexpr size_t quarter = half / 2;
    resolver_->hold();
    EXPECT_EQ(refused_of(half + 100, always("192.0.2.1")), 100U);
    // All addresses of a /48 are one site, which may use half of the free places.
    std::string last;
    EXPECT_EQ(refused_of(quarter + 100,
                         [&](size_t i) -> std::string_view {
                             return last = fmt::format("2001:db8::{:x}", i + 1);
                         }),
              100U);
    EXPECT_EQ(refused_of(100, always("192.0.2.2")), 0U);
    EXPECT_EQ(refused_of(100, always("2001:db8:1::1")), 0U);
    resolver_->release();
    // Completed lookups do not count.
    resolver_->hold();
    EXPECT_EQ(refused_of(half, always("192.0.2.1")), 0U);
    resolver_->stop();
}

TEST_F(RegistryTest, an_unchanged_jwt_counts_only_as_long_as_it_would_be_accepted) {
    resolver_->put(account_.public_key(), account_jwt(account_, operator_));
    ASSERT_TRUE(lookup(account_.public_key()));
    const auto refresh = [&] {
        Result<Account*> answer = fail("no answer");
        registry_.refresh(account_.public_key(),
                          [&](const Result<Account*>& found) { answer = found; });
        return answer;
    };
    EXPECT_TRUE(refresh());
    EXPECT_EQ(resolver_->fetches(account_.public_key()), 2);
    OperatorClaims claims;
    const KeyPair other = KeyPair::generate(KeyKind::operator_key);
    claims.sub = other.public_key();
    claims.name = "P";
    auto trusted = TrustedOperators::from({*encode(claims, other, now())}, {});
    registry_.set_source(resolver_, std::make_shared<const TrustedOperators>(std::move(*trusted)),
                         {});
    EXPECT_NE(refresh().error().text.find("is not trusted"), std::string::npos);
}

TEST_F(RegistryTest, refuses_jwts_of_strangers_other_accounts_and_garbage) {
    const KeyPair stranger = KeyPair::generate(KeyKind::operator_key);
    const KeyPair other = KeyPair::generate(KeyKind::account);
    for (const std::string& jwt :
         {account_jwt(account_, stranger), account_jwt(other, operator_),
          account_jwt(account_, operator_, now() - 10), std::string("garbage"), std::string()}) {
        resolver_->put(account_.public_key(), jwt);
        const auto answer = lookup(account_.public_key());
        ASSERT_FALSE(answer);
        EXPECT_NE(answer.error().text.find("account validation failed"), std::string::npos)
            << answer.error().text;
    }
    EXPECT_EQ(registry_.find(account_.public_key()), nullptr);
}

TEST_F(RegistryTest, never_asks_a_resolver_for_what_is_no_account_key) {
    for (const std::string& key : {std::string("../../etc/passwd"), std::string(),
                                   std::string("SYS"), operator_.public_key()}) {
        EXPECT_FALSE(lookup(key));
        EXPECT_EQ(resolver_->fetches(key), 0);
    }
}

TEST_F(RegistryTest, keeps_the_claims_in_force_when_an_update_is_bad) {
    resolver_->put(account_.public_key(), account_jwt(account_, operator_));
    Account* const account = *lookup(account_.public_key());
    EXPECT_FALSE(registry_.apply(account_.public_key(), "garbage"));
    EXPECT_EQ(account->display_name(), "A");
    const auto applied =
        registry_.apply(account_.public_key(), account_jwt(account_, operator_, 0, "B"));
    ASSERT_TRUE(applied);
    EXPECT_TRUE(*applied);
    EXPECT_EQ(account->display_name(), "B");
}

TEST_F(RegistryTest, tells_of_changed_claims_but_not_of_the_same_jwt) {
    int told = 0;
    registry_.set_claims_applied(
        [&](Account&, const std::shared_ptr<const AccountClaims>&) { ++told; });
    const std::string jwt = account_jwt(account_, operator_);
    EXPECT_TRUE(*registry_.apply(account_.public_key(), jwt));
    EXPECT_FALSE(*registry_.apply(account_.public_key(), jwt));
    EXPECT_EQ(told, 1);
}

TEST_F(RegistryTest, counts_connections_up_to_the_accounts_limit) {
    AccountClaims claims = make_account_claims(account_.public_key());
    claims.limits.conn = 1;
    ASSERT_TRUE(registry_.apply(account_.public_key(), *encode(claims, operator_, now())));
    Account* const account = registry_.find(account_.public_key());
    EXPECT_TRUE(account->client_connected());
    EXPECT_FALSE(account->client_connected());
    account->client_disconnected();
    EXPECT_TRUE(account->client_connected());
}

TEST(ResolverChain, asks_the_next_one_until_a_jwt_is_found) {
    auto first = std::make_unique<FakeResolver>();
    auto second = std::make_unique<FakeResolver>();
    FakeResolver* const down = first.get();
    second->put("A", "jwt");
    second->stores = true;
    down->fail_with({Errc::unavailable, "down"});
    std::vector<std::unique_ptr<AccountResolver>> resolvers;
    resolvers.push_back(std::move(first));
    resolvers.push_back(std::move(second));
    ResolverChain chain(std::move(resolvers));
    std::string found;
    chain.fetch("A", [&](Result<std::string> jwt) { found = jwt.value_or("none"); });
    EXPECT_EQ(found, "jwt");
    Errc code = Errc::failed;
    chain.fetch("B", [&](const Result<std::string>& jwt) { code = jwt.error().code; });
    EXPECT_EQ(code, Errc::unavailable) << "one that is down says more than one that does not know";
    bool stored = false;
    chain.store("C", "jwt2", [&](const Result<>& done) { stored = done.has_value(); });
    EXPECT_TRUE(stored);
    chain.fetch("C", [&](Result<std::string> jwt) { found = jwt.value_or("none"); });
    EXPECT_EQ(found, "jwt2");
}

TEST_F(RegistryTest, an_answer_under_way_does_not_replace_claims_that_were_pushed) {
    const std::string& key = account_.public_key();
    resolver_->put(key, account_jwt(account_, operator_, 0, "old"));
    ASSERT_TRUE(lookup(key));
    resolver_->hold();
    registry_.refresh(key, [](const Result<Account*>&) {});
    ASSERT_TRUE(registry_.apply(key, account_jwt(account_, operator_, 0, "pushed")));
    resolver_->put(key, account_jwt(account_, operator_, 0, "older"));
    resolver_->release();
    EXPECT_EQ(registry_.find(key)->display_name(), "pushed");
}

TEST_F(RegistryTest, a_change_while_the_resolver_is_asked_leads_to_another_question) {
    const std::string& key = account_.public_key();
    resolver_->put(key, account_jwt(account_, operator_, 0, "first"));
    ASSERT_TRUE(lookup(key));
    resolver_->hold();
    registry_.refresh(key, [](const Result<Account*>&) {});
    int answers = 0;
    registry_.refresh(key, [&](const Result<Account*>&) { ++answers; });
    registry_.refresh(key, [&](const Result<Account*>&) { ++answers; });
    EXPECT_EQ(resolver_->fetches(key), 2);
    resolver_->release(fail(Errc::unavailable, "asked too early"));
    EXPECT_EQ(resolver_->fetches(key), 3);
    EXPECT_EQ(answers, 2);
}

TEST_F(RegistryTest, what_a_replaced_resolver_says_does_not_count) {
    const std::string& key = account_.public_key();
    const auto other = std::make_shared<FakeResolver>();
    resolver_->put(key, account_jwt(account_, operator_, 0, "of the old one"));
    resolver_->hold();
    Result<Account*> answer = fail("no answer");
    registry_.lookup(key, [&](const Result<Account*>& found) { answer = found; });
    registry_.set_source(other, operators_, {});
    resolver_->release();
    EXPECT_EQ(other->fetches(key), 1);
    EXPECT_EQ(answer.error().code, Errc::not_found);
    EXPECT_EQ(registry_.find(key), nullptr);
}

TEST_F(RegistryTest, an_account_that_a_replaced_resolver_does_not_know_is_asked_for_again) {
    const std::string& key = account_.public_key();
    EXPECT_FALSE(lookup(key));
    const auto other = std::make_shared<FakeResolver>();
    other->put(key, account_jwt(account_, operator_));
    registry_.set_source(other, operators_, {});
    EXPECT_TRUE(lookup(key));
}

TEST_F(RegistryTest, who_logs_in_waits_for_the_first_answer_of_a_resolver_that_decides) {
    const std::string& key = account_.public_key();
    const KeyPair gone = KeyPair::generate(KeyKind::account);
    resolver_->put(key, account_jwt(account_, operator_, 0, "before"));
    resolver_->put(gone.public_key(), account_jwt(gone, operator_));
    ASSERT_TRUE(lookup(key));
    ASSERT_TRUE(lookup(gone.public_key()));
    const auto other = std::make_shared<FakeResolver>();
    other->put(key, account_jwt(account_, operator_, 0, "after"));
    other->hold();
    registry_.set_source(other, operators_, {}, true);
    std::string name;
    registry_.lookup(key, [&](const Result<Account*>& found) { name = (*found)->display_name(); });
    EXPECT_EQ(name, "");
    Result<Account*> answer = fail("no answer");
    registry_.lookup(gone.public_key(), [&](const Result<Account*>& found) { answer = found; });
    other->release();
    EXPECT_EQ(name, "after");
    EXPECT_EQ(answer.error().code, Errc::not_found);
    EXPECT_TRUE(lookup(key));
    EXPECT_EQ(other->fetches(key), 1) << "once";

    const auto cache = std::make_shared<FakeResolver>();
    cache->hold();
    registry_.set_source(cache, operators_, {});
    EXPECT_TRUE(lookup(key)) << "one that does not decide is not waited for";
}

TEST_F(RegistryTest, an_account_that_is_gone_lets_nobody_in_until_it_is_found_again) {
    const std::string& key = account_.public_key();
    const std::string jwt = account_jwt(account_, operator_);
    resolver_->put(key, jwt);
    const auto known = lookup(key);
    ASSERT_TRUE(known);
    resolver_->fail_with({Errc::not_found, "account missing"});
    registry_.forget(key);
    EXPECT_FALSE(lookup(key));
    EXPECT_FALSE(lookup(key)) << "nor when the resolver has peace";
    EXPECT_EQ(resolver_->fetches(key), 2);
    ASSERT_TRUE(registry_.apply(key, jwt));
    EXPECT_EQ(*lookup(key), *known);
}

}  // namespace
}  // namespace midge
