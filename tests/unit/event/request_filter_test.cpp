#include "event/request_filter.h"

#include <gtest/gtest.h>

namespace midge {
namespace {

ServerInfo server() {
    ServerInfo out;
    out.name = "lab-1";
    out.host = "10.0.0.7";
    out.cluster = "east";
    out.tags = {"az:1", "rack:2"};
    out.domain = "hub";
    return out;
}

bool matches(std::string_view payload) {
    const auto filter = RequestFilter::parse(payload);
    EXPECT_TRUE(filter.has_value()) << payload;
    return filter && filter->matches(server());
}

TEST(RequestFilter, without_options_matches_every_server) {
    EXPECT_TRUE(matches(""));
    EXPECT_TRUE(matches("  "));
    EXPECT_TRUE(matches("{}"));
    EXPECT_TRUE(matches(R"({"subscriptions":true})")) << "an option of the endpoint";
}

TEST(RequestFilter, names_need_only_be_contained) {
    EXPECT_TRUE(matches(R"({"server_name":"lab"})"));
    EXPECT_TRUE(matches(R"({"host":"0.0.7","cluster":"as"})"));
    EXPECT_FALSE(matches(R"({"server_name":"other"})"));
    EXPECT_FALSE(matches(R"({"server_name":"lab","cluster":"west"})"));
}

TEST(RequestFilter, exact_match_compares_whole_names) {
    EXPECT_FALSE(matches(R"({"server_name":"lab","exact_match":true})"));
    EXPECT_TRUE(matches(R"({"server_name":"lab-1","exact_match":true})"));
}

TEST(RequestFilter, every_tag_must_be_there) {
    EXPECT_TRUE(matches(R"({"tags":["az:1"]})"));
    EXPECT_TRUE(matches(R"({"tags":["RACK:2","az:1"]})"));
    EXPECT_FALSE(matches(R"({"tags":["az:1","az:2"]})"));
}

TEST(RequestFilter, domain_is_compared_whole) {
    EXPECT_TRUE(matches(R"({"domain":"hub"})"));
    EXPECT_FALSE(matches(R"({"domain":"hu"})"));
}

TEST(RequestFilter, refuses_what_is_no_json_object_or_has_the_wrong_types) {
    for (const char* payload : {"x", "[]", "{", R"({"server_name":1})", R"({"tags":"az:1"})",
                                R"({"exact_match":"yes"})"}) {
        const auto filter = RequestFilter::parse(payload);
        ASSERT_FALSE(filter.has_value()) << payload;
        EXPECT_EQ(filter.error().code, Errc::invalid);
    }
}

}  // namespace
}  // namespace midge
