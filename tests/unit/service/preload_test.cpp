// Account JWTs of the configuration reach the storage.
#include "preload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "support/test_jwt.h"

namespace midge {
namespace {

using ::testing::HasSubstr;

// Keeps JWTs in memory and answers within the call.
class StoredAccounts : public AccountResolver {
  public:
    explicit StoredAccounts(std::map<std::string, std::string>& jwts, bool writable = true)
        : jwts_(jwts), writable_(writable) {}
    [[nodiscard]] std::string_view name() const noexcept override { return "stored"; }
    [[nodiscard]] bool can_store() const noexcept override { return writable_; }
    [[nodiscard]] bool can_list() const noexcept override { return false; }
    [[nodiscard]] bool can_erase() const noexcept override { return false; }
    void fetch(const std::string& account, FetchDone done) override {
        const auto found = jwts_.find(account);
        if (found == jwts_.end()) return done(fail(Errc::not_found, "account missing"));
        done(found->second);
    }
    void store(const std::string& account, const std::string& jwt, Done done) override {
        jwts_[account] = jwt;
        done({});
    }
    void list(ListDone done) override { done(fail(Errc::unsupported, "list")); }
    void erase(const std::string&, Done done) override { done(fail(Errc::unsupported, "erase")); }
    void stop() override {}

  protected:
    std::map<std::string, std::string>& jwts_;

  private:
    const bool writable_;
};

// Somebody else stores a JWT between the question and the answer.
class ContestedAccounts final : public StoredAccounts {
  public:
    ContestedAccounts(std::map<std::string, std::string>& jwts, std::string other)
        : StoredAccounts(jwts, true), other_(std::move(other)) {}
    [[nodiscard]] bool can_store_if() const noexcept override { return true; }
    void store_if(const std::string& account, const std::string& jwt,
                  const std::optional<std::string>& expected, const StoreIfDone& done) override {
        if (!other_.empty()) jwts_[account] = std::exchange(other_, {});
        const auto found = jwts_.find(account);
        const bool as_expected =
            expected ? found != jwts_.end() && found->second == *expected : found == jwts_.end();
        if (as_expected) jwts_[account] = jwt;
        done(as_expected);
    }

  private:
    std::string other_;
};

class Preload : public ::testing::Test {
  protected:
    [[nodiscard]] std::string jwt_of(int64_t time) const {
        return test::mint_jwt(account_, operator_, new Poco::JSON::Object, test::JwtForm::v2, time)
            .value();
    }
    Result<> preload(const std::string& jwt, bool writable = true) {
        std::vector<std::unique_ptr<AccountResolver>> resolvers;
        resolvers.push_back(std::make_unique<StoredAccounts>(stored_, writable));
        return store(jwt, resolvers);
    }
    Result<> store(const std::string& jwt,
                   const std::vector<std::unique_ptr<AccountResolver>>& resolvers) {
        const std::map<std::string, std::string> preload{{account_.public_key(), jwt}};
        auto target = find_preload_target(preload, resolvers);
        if (!target) return pass(target);
        store_preload(preload, **target, log_);
        return {};
    }

    const test::TestKey operator_ = test::TestKey::named("operator/o").value();
    const test::TestKey account_ = test::TestKey::named("account/a").value();
    std::map<std::string, std::string> stored_;
    NullLogger log_;
};

TEST_F(Preload, does_not_replace_a_newer_one_that_somebody_else_stores_meanwhile) {
    for (const int64_t other : {1500, 2500}) {
        stored_.clear();
        std::vector<std::unique_ptr<AccountResolver>> resolvers;
        resolvers.push_back(std::make_unique<ContestedAccounts>(stored_, jwt_of(other)));
        ASSERT_TRUE(store(jwt_of(2000), resolvers));
        EXPECT_EQ(stored_.at(account_.public_key()), jwt_of(std::max<int64_t>(2000, other)));
    }
}

TEST_F(Preload, stores_what_is_missing_and_what_is_newer) {
    ASSERT_TRUE(preload(jwt_of(1000)));
    EXPECT_EQ(stored_[account_.public_key()], jwt_of(1000));
    ASSERT_TRUE(preload(jwt_of(2000)));
    EXPECT_EQ(stored_[account_.public_key()], jwt_of(2000));
}

TEST_F(Preload, leaves_a_newer_one_in_place) {
    stored_[account_.public_key()] = jwt_of(2000);
    ASSERT_TRUE(preload(jwt_of(1000)));
    EXPECT_EQ(stored_[account_.public_key()], jwt_of(2000));
}

TEST_F(Preload, replaces_what_is_no_account_jwt) {
    stored_[account_.public_key()] = "garbage";
    ASSERT_TRUE(preload(jwt_of(1000)));
    EXPECT_EQ(stored_[account_.public_key()], jwt_of(1000));
}

TEST_F(Preload, needs_a_resolver_that_stores) {
    const auto refused = preload(jwt_of(1000), false);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text, HasSubstr("only available for writeable resolver types"));
    EXPECT_TRUE(stored_.empty());
    const auto target = find_preload_target({}, {});
    ASSERT_TRUE(target);
    EXPECT_EQ(*target, nullptr) << "there is nothing to store";
}

}  // namespace
}  // namespace midge
