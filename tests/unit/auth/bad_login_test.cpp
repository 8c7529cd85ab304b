// Each bad login is refused for the right reason.
#include <gtest/gtest.h>

#include "unit/auth/bad_logins.h"

namespace midge {
namespace {

using test::BadLogin;
using test::LoginWorld;

class BadLoginTest : public testing::TestWithParam<BadLogin> {};

TEST_P(BadLoginTest, is_refused_with_the_true_reason) {
    LoginWorld world;
    GetParam().spoil(world);
    const auto login = world.login();
    ASSERT_FALSE(login);
    const std::string& reason = login.error().text;
    EXPECT_NE(reason.find(GetParam().reason), std::string::npos) << reason;
    // The text is for the log: it must be short, and contain no secret.
    constexpr size_t reason_bytes_max = 600;
    EXPECT_LT(reason.size(), reason_bytes_max);
    if (!world.nonce.empty()) {
        EXPECT_EQ(reason.find(world.nonce), std::string::npos);
    }
    if (world.signature.size() > 1 && world.signature != "%%%") {
        EXPECT_EQ(reason.find(world.signature), std::string::npos);
    }
    EXPECT_EQ(reason.find("eyJ"), std::string::npos) << "a token";
}

std::string name_of(const testing::TestParamInfo<BadLogin>& info) {
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Token, BadLoginTest, testing::ValuesIn(test::bad_tokens()), name_of);
INSTANTIATE_TEST_SUITE_P(Decision, BadLoginTest, testing::ValuesIn(test::bad_decisions()), name_of);

TEST(BadLogins, need_a_token) {
    EXPECT_EQ(read_user_token("").error().text, "Authentication requires a user JWT");
}

TEST(BadLogins, start_from_a_login_that_works) {
    LoginWorld world;
    const auto login = world.login();
    ASSERT_TRUE(login) << login.error().text;
    EXPECT_GE(test::bad_tokens().size() + test::bad_decisions().size(), 45U);
}

}  // namespace
}  // namespace midge
