// Account JWTs of the configuration reach the storage.
#include "preload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/test_jwt.h"

namespace midge {
namespace {

using ::testing::HasSubstr;

// Keeps JWTs in memory and answers within the call.
class StoredAccounts final : public AccountResolver {
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

  private:
    std::map<std::string, std::string>& jwts_;
    const bool writable_;
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
        return store_preload({{account_.public_key(), jwt}}, resolvers, log_);
    }

    const test::TestKey operator_ = test::TestKey::named("operator/o").value();
    const test::TestKey account_ = test::TestKey::named("account/a").value();
    std::map<std::string, std::string> stored_;
    NullLogger log_;
};

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
    EXPECT_TRUE(store_preload({}, {}, log_));
}

}  // namespace
}  // namespace midge
