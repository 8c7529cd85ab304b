#include "auth/permissions.h"

#include <gtest/gtest.h>

namespace midge {
namespace {

using Verdict = SubscribeVerdict;

Permissions publish(std::optional<std::vector<std::string>> allow, std::vector<std::string> deny) {
    PermissionSpec spec;
    spec.publish = {std::move(allow), std::move(deny)};
    return Permissions(spec);
}

Permissions subscribe(std::optional<std::vector<std::string>> allow,
                      std::vector<std::string> deny) {
    PermissionSpec spec;
    spec.subscribe = {std::move(allow), std::move(deny)};
    return Permissions(spec);
}

TEST(Publish, is_free_without_lists) {
    const auto p = publish(std::nullopt, {});
    EXPECT_TRUE(p.may_publish("any.thing"));
    EXPECT_EQ(p.may_subscribe(">", ""), Verdict::allowed);
    EXPECT_FALSE(p.responses());
}

TEST(Publish, needs_an_allow_entry_and_no_deny_entry) {
    const auto p = publish({{"a", "b.*", "c.>"}}, {"b.no", "c.*.no"});
    EXPECT_TRUE(p.may_publish("a"));
    EXPECT_TRUE(p.may_publish("b.x"));
    EXPECT_TRUE(p.may_publish("c.x.y"));
    EXPECT_FALSE(p.may_publish("b.no"));
    EXPECT_FALSE(p.may_publish("c.x.no"));
    EXPECT_FALSE(p.may_publish("a.b"));
    EXPECT_FALSE(p.may_publish("b.x.y"));
    EXPECT_FALSE(p.may_publish("c"));
    EXPECT_FALSE(p.may_publish("A")) << "subjects are case-sensitive";
}

TEST(Publish, is_closed_by_an_empty_allow_list) {
    EXPECT_FALSE(publish(std::vector<std::string>{}, {}).may_publish("a"));
}

TEST(Publish, with_deny_alone_allows_the_rest) {
    const auto p = publish(std::nullopt, {"a.>"});
    EXPECT_TRUE(p.may_publish("a"));
    EXPECT_FALSE(p.may_publish("a.b"));
}

TEST(Responses, close_publishing_unless_it_is_allowed_explicitly) {
    PermissionSpec spec;
    spec.responses = ResponseSpec{};
    const Permissions closed(spec);
    EXPECT_FALSE(closed.may_publish("a"));
    ASSERT_TRUE(closed.responses());
    EXPECT_EQ(closed.responses()->max_messages, 1);
    EXPECT_EQ(closed.responses()->expires, std::chrono::minutes(2));
    spec.publish.allow = {"a"};
    spec.responses = ResponseSpec{-1, std::chrono::nanoseconds(-1)};
    const Permissions open(spec);
    EXPECT_TRUE(open.may_publish("a"));
    EXPECT_FALSE(open.may_publish("b"));
    EXPECT_EQ(open.responses()->max_messages, -1);
    EXPECT_LT(open.responses()->expires.count(), 0);
}

TEST(Subscribe, with_a_wildcard_must_be_within_an_allow_entry) {
    const auto p = subscribe({{"a.*", "b.>", "lit"}}, {});
    EXPECT_EQ(p.may_subscribe("a.*", ""), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("a.x", ""), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("b.*.c", ""), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("b.>", ""), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("lit", ""), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("a.>", ""), Verdict::denied);
    EXPECT_EQ(p.may_subscribe("*.x", ""), Verdict::denied);
    EXPECT_EQ(p.may_subscribe(">", ""), Verdict::denied);
    EXPECT_EQ(p.may_subscribe("*", ""), Verdict::denied);
    EXPECT_EQ(p.may_subscribe("other", ""), Verdict::denied);
}

TEST(Subscribe, to_a_wildcard_over_a_denied_subject_is_filtered) {
    const auto p = subscribe(std::nullopt, {"s.deny"});
    EXPECT_EQ(p.may_subscribe("s.*", ""), Verdict::filtered);
    EXPECT_EQ(p.may_subscribe("s.deny", ""), Verdict::denied);
    EXPECT_EQ(p.may_subscribe("s.ok", ""), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("t.*", ""), Verdict::allowed);
    EXPECT_FALSE(p.may_deliver("s.deny", ""));
    EXPECT_TRUE(p.may_deliver("s.ok", ""));
}

TEST(Subscribe, to_a_wildcard_that_only_overlaps_a_denied_wildcard_is_filtered) {
    const auto p = subscribe(std::nullopt, {"a.*.secret"});
    EXPECT_EQ(p.may_subscribe("a.b.*", ""), Verdict::filtered);
    EXPECT_EQ(p.may_subscribe("a.*.secret", ""), Verdict::denied);
    EXPECT_EQ(p.may_subscribe("a.>", ""), Verdict::filtered);
    EXPECT_EQ(p.may_subscribe("a.b.c", ""), Verdict::allowed);
    EXPECT_FALSE(p.may_deliver("a.b.secret", ""));
    EXPECT_TRUE(p.may_deliver("a.b.open", ""));
}

TEST(Subscribe, in_a_queue_group_is_filtered_and_denied_like_a_plain_one) {
    const auto p = subscribe(std::nullopt, {"s.deny"});
    EXPECT_EQ(p.may_subscribe("s.*", "q"), Verdict::filtered);
    EXPECT_EQ(p.may_subscribe("s.deny", "q"), Verdict::denied);
    EXPECT_FALSE(p.may_deliver("s.deny", "q"));
}

TEST(Subscribe, plain_denial_holds_whatever_queue_entries_say) {
    const auto p = subscribe(std::nullopt, {"foo", "foo v1"});
    EXPECT_EQ(p.may_subscribe("foo", "other"), Verdict::denied);
    EXPECT_EQ(p.may_subscribe("foo", "v1"), Verdict::denied);
    EXPECT_EQ(p.may_subscribe("foo", ""), Verdict::denied);
}

TEST(Subscribe, denial_for_a_queue_is_for_that_queue_only) {
    const auto p = subscribe(std::nullopt, {"foo v1.*", "s.x q"});
    EXPECT_EQ(p.may_subscribe("foo", ""), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("foo", "v2"), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("foo", "v1.a"), Verdict::denied);
    EXPECT_EQ(p.may_subscribe("s.*", "q"), Verdict::filtered);
    EXPECT_EQ(p.may_subscribe("s.*", "r"), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("s.*", ""), Verdict::allowed);
    EXPECT_FALSE(p.may_deliver("s.x", "q"));
    EXPECT_TRUE(p.may_deliver("s.x", ""));
}

TEST(Subscribe, allow_entries_with_a_queue_ask_for_that_queue) {
    const auto p = subscribe({{"foo v1", "foo v2.*", "bar", "all *", "every >"}}, {});
    EXPECT_EQ(p.may_subscribe("foo", ""), Verdict::denied);
    EXPECT_EQ(p.may_subscribe("foo", "v1"), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("foo", "v2.x"), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("foo", "v2.*"), Verdict::allowed) << "a literal name, too";
    EXPECT_EQ(p.may_subscribe("foo", "v3"), Verdict::denied);
    EXPECT_EQ(p.may_subscribe("bar", ""), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("bar", "any"), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("all", "one"), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("all", "one.two"), Verdict::denied);
    EXPECT_EQ(p.may_subscribe("every", "one.two"), Verdict::allowed);
}

TEST(Subscribe, a_matching_queue_entry_restricts_what_a_plain_one_allows) {
    const auto p = subscribe({{"foo", "foo v1"}}, {});
    EXPECT_EQ(p.may_subscribe("foo", ""), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("foo", "v1"), Verdict::allowed);
    EXPECT_EQ(p.may_subscribe("foo", "v2"), Verdict::denied);
}

TEST(Lists, of_white_space_match_nothing) {
    const auto p = subscribe({{" ", "", "\t"}}, {});
    EXPECT_EQ(p.may_subscribe("a", ""), Verdict::denied);
    EXPECT_EQ(p.may_subscribe(">", "q"), Verdict::denied);
    EXPECT_FALSE(publish({{" ", ""}}, {}).may_publish("a"));
}

}  // namespace
}  // namespace midge
