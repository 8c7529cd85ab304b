// The settings that a reload may change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/options_diff.h"

namespace midge {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(OptionsDiff, finds_nothing_between_equal_options) {
    EXPECT_THAT(diff(Options{}, Options{}), IsEmpty());
}

TEST(OptionsDiff, names_a_change_as_nats_server_does) {
    Options after;
    after.payload_bytes_max = 2048;
    after.ping_interval = std::chrono::seconds(90);
    after.log.debug = true;
    const auto changes = diff(Options{}, after);
    ASSERT_EQ(changes.size(), 3U);
    EXPECT_EQ(changes[0].field, "MaxPayload");
    EXPECT_EQ(changes[0].reloaded_text(), "max_payload = 2048");
    EXPECT_EQ(changes[1].reloaded_text(), "ping_interval = 1m30s");
    EXPECT_EQ(changes[2].reloaded_text(), "debug = true");
    EXPECT_TRUE(check_reload(Options{}, changes, after));
}

TEST(OptionsDiff, refuses_what_needs_a_restart) {
    Options after;
    after.port = 4333;
    const auto changes = diff(Options{}, after);
    EXPECT_EQ(check_reload(Options{}, changes, after).error().text,
              "config reload not supported for Port: old=4222, new=4333");
}

TEST(OptionsDiff, keeps_the_port_in_use_when_any_is_asked_for) {
    Options before;
    before.port = 35011;
    Options after;
    after.port = -1;
    EXPECT_THAT(diff(before, after), IsEmpty());
}

TEST(OptionsDiff, never_shows_a_secret) {
    Options after;
    after.authorization.user = "u-secret";
    after.authorization.password = "p-secret";
    after.authorization.token = "t-secret";
    after.authorization.users.push_back({"n", "p-secret", "", {}, {}});
    after.resolver_preload["A"] = "jwt-secret";
    after.resolvers.push_back({"resolver-url", "", R"({"url":"http://u:secret@h/"})", {}, ""});
    after.operator_jwts = {"jwt-secret"};
    for (const OptionChange& change : diff(Options{}, after)) {
        EXPECT_THAT(change.before + change.after + change.reloaded_text(), Not(HasSubstr("secret")))
            << change.field;
    }
}

TEST(OptionsDiff, sees_a_change_inside_a_users_permissions) {
    Options before;
    before.authorization.users.push_back({"n", "p", "", PermissionRules{}, {}});
    Options after = before;
    after.authorization.users[0].permissions->publish.allow = {"a"};
    const auto changes = diff(before, after);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].reloaded_text(), "authorization users");
}

TEST(OptionsDiff, refuses_to_move_to_or_from_an_account_resolver) {
    Options with;
    with.resolvers.push_back({"resolver-memory", "", "{}", {}, ""});
    for (const auto& [before, after] : {std::pair(Options{}, with), std::pair(with, Options{})}) {
        EXPECT_EQ(check_reload(before, diff(before, after), after).error().text,
                  "config reload does not support moving to or from an account resolver");
    }
    Options other = with;
    other.resolvers[0] = {"resolver-dir", "", R"({"dir":"d"})", {}, ""};
    EXPECT_TRUE(check_reload(with, diff(with, other), other));
}

}  // namespace
}  // namespace midge
