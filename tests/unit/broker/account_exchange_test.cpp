// Imports of accounts with JWTs: fetching of exporters, and changes with claims and time.
#include "exchange/account_exchange.h"

#include <gtest/gtest.h>

#include <deque>
#include <thread>

#include "auth/jwt.h"
#include "base/clock.h"
#include "unit/account/fake_resolver.h"

namespace midge {
namespace {

using std::chrono::seconds;
using test::FakeResolver;

class AccountExchangeTest : public testing::Test {
  protected:
    AccountExchangeTest() {
        OperatorClaims claims;
        claims.sub = operator_.public_key();
        claims.name = "O";
        auto trusted = TrustedOperators::from({*encode(claims, operator_, now())}, {});
        registry_.set_source(resolver_,
                             std::make_shared<const TrustedOperators>(std::move(*trusted)), {});
        registry_.set_claims_applied(
            [this](Account& account, const auto&) { exchange_.renew(account); });
        registry_.set_complete([this](Account& account, std::function<void()> done) {
            exchange_.complete(account, std::move(done));
        });
        exporter_.exports.push_back(export_of("a.*"));
        importer_.imports.push_back(import_of("a.*", exporter_));
        put(exporter_);
        put(importer_);
    }
    static int64_t now() { return wall_now_seconds(); }
    static AccountClaims new_account() {
        return make_account_claims(KeyPair::generate(KeyKind::account).public_key());
    }
    static Export export_of(const std::string& subject) {
        Export made;
        made.subject = subject;
        made.type = ExportType::stream;
        return made;
    }
    static Import import_of(const std::string& subject, const AccountClaims& exporter) {
        Import made;
        made.subject = subject;
        made.account = exporter.sub;
        made.type = ExportType::stream;
        return made;
    }
    std::string jwt_of(const AccountClaims& claims) { return *encode(claims, operator_, now()); }
    void put(const AccountClaims& claims) { resolver_->put(claims.sub, jwt_of(claims)); }
    void apply(const AccountClaims& claims) {
        EXPECT_TRUE(registry_.apply(claims.sub, jwt_of(claims)));
    }

    // Starts the login of a user of the account; found_ is null until it can continue.
    void look_up(const AccountClaims& claims) {
        registry_.lookup(claims.sub, [this](const Result<Account*>& found) { found_ = *found; });
    }
    void run_next() {
        const auto task = std::move(tasks_.front().second);
        tasks_.pop_front();
        task();
    }
    void run_all() {
        while (!tasks_.empty()) run_next();
    }
    size_t imports() const { return found_->stream_imports().size(); }

    const KeyPair operator_ = KeyPair::generate(KeyKind::operator_key);
    AccountClaims exporter_ = new_account();
    AccountClaims importer_ = new_account();
    NullLogger log_;
    std::shared_ptr<FakeResolver> resolver_ = std::make_shared<FakeResolver>();
    AccountRegistry registry_{1, log_, [](Account&) {}};
    ServiceExchange services_{log_, [](Account&, const std::string&, const std::string&) {}};
    std::deque<std::pair<seconds, std::function<void()>>> tasks_;
    int changes_ = 0;
    AccountExchange exchange_{registry_, services_, log_, [this](Account&) { ++changes_; },
                              [this](seconds delay, std::function<void()> task) {
                                  tasks_.emplace_back(delay, std::move(task));
                              }};
    Account* found_ = nullptr;
};

TEST_F(AccountExchangeTest, a_login_waits_for_the_accounts_that_its_account_imports_from) {
    look_up(importer_);
    EXPECT_EQ(found_, nullptr);
    resolver_->hold();
    run_all();
    EXPECT_EQ(found_, nullptr);
    resolver_->release();
    run_all();
    ASSERT_NE(found_, nullptr);
    EXPECT_EQ(imports(), 1U);
    EXPECT_EQ(changes_, 1);
}

TEST_F(AccountExchangeTest, goes_on_without_an_account_that_nobody_knows) {
    importer_.imports.push_back(import_of("b", new_account()));
    put(importer_);
    look_up(importer_);
    run_all();
    ASSERT_NE(found_, nullptr);
    EXPECT_EQ(imports(), 1U);
    EXPECT_TRUE(tasks_.empty());
}

TEST_F(AccountExchangeTest, asks_again_later_when_no_resolver_answers) {
    look_up(importer_);
    resolver_->fail_with({Errc::unavailable, "down"});
    run_next();
    run_next();
    ASSERT_NE(found_, nullptr) << "the login goes on";
    EXPECT_EQ(imports(), 0U);
    ASSERT_EQ(tasks_.size(), 1U);
    EXPECT_GT(tasks_.front().first, seconds(0));
    resolver_->recover();
    run_all();
    EXPECT_EQ(imports(), 1U);
}

TEST_F(AccountExchangeTest, an_update_of_the_exporter_changes_what_others_import) {
    look_up(importer_);
    run_all();
    exporter_.exports.clear();
    apply(exporter_);
    EXPECT_EQ(imports(), 0U);
    exporter_.exports.push_back(export_of("a.>"));
    apply(exporter_);
    EXPECT_EQ(imports(), 1U);
}

TEST_F(AccountExchangeTest, an_update_of_the_importer_fetches_a_new_exporter) {
    look_up(importer_);
    run_all();
    AccountClaims other = new_account();
    other.exports.push_back(export_of("b"));
    put(other);
    importer_.imports.push_back(import_of("b", other));
    apply(importer_);
    EXPECT_EQ(imports(), 1U);
    run_all();
    EXPECT_EQ(imports(), 2U);
}

TEST_F(AccountExchangeTest, imports_that_stay_are_the_same_objects) {
    look_up(importer_);
    run_all();
    const auto before = found_->stream_imports();
    importer_.name = "renamed";
    apply(importer_);
    EXPECT_EQ(found_->stream_imports(), before);
    EXPECT_EQ(changes_, 1);
}

TEST_F(AccountExchangeTest, an_import_ends_when_its_activation_does) {
    const KeyPair key = KeyPair::generate(KeyKind::account);
    AccountClaims exporter = make_account_claims(key.public_key());
    exporter.exports.push_back(export_of("a.*"));
    exporter.exports.front().token_req = true;
    put(exporter);
    ActivationClaims activation;
    activation.sub = importer_.sub;
    activation.import_subject = "a.*";
    activation.import_type = ExportType::stream;
    activation.exp = now() + 2;
    importer_.imports = {import_of("a.*", exporter)};
    importer_.imports.front().token = *encode(activation, key, now());
    put(importer_);
    look_up(importer_);
    while (found_ == nullptr) run_next();
    ASSERT_EQ(imports(), 1U);
    ASSERT_EQ(tasks_.size(), 1U) << "one renewal";
    EXPECT_LE(tasks_.front().first, seconds(2));
    while (now() < activation.exp) std::this_thread::yield();
    run_all();
    EXPECT_EQ(imports(), 0U);
}

TEST_F(AccountExchangeTest, accounts_that_import_from_each_other_do_not_wait_for_each_other) {
    exporter_.imports.push_back(import_of("b", importer_));
    importer_.exports.push_back(export_of("b"));
    put(exporter_);
    put(importer_);
    look_up(importer_);
    run_all();
    ASSERT_NE(found_, nullptr);
    EXPECT_EQ(imports(), 1U);
    EXPECT_EQ(registry_.find(exporter_.sub)->stream_imports().size(), 1U);
}

TEST_F(AccountExchangeTest, a_long_chain_of_imports_is_no_deep_stack) {
    constexpr int length = 2000;
    AccountClaims last = new_account();
    put(last);
    for (int i = 0; i < length; ++i) {
        AccountClaims next = new_account();
        next.imports.push_back(import_of("a", last));
        put(next);
        last = next;
    }
    look_up(last);
    run_all();
    EXPECT_NE(found_, nullptr);
}

}  // namespace
}  // namespace midge
