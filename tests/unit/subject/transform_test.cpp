// Transforms and mappings, compared with results of nats-server.
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/text.h"
#include "subject/subject_mappings.h"
#include "subject/subject_transform.h"

namespace midge {
namespace {

std::string error_of(std::string_view source, std::string_view destination) {
    const auto made = SubjectTransform::from(source, destination);
    return made ? "" : made.error().text;
}

TEST(SubjectTransform, gives_what_nats_server_gives) {
    std::ifstream file(MIDGE_TRANSFORM_VECTORS);
    std::string line;
    int checked = 0;
    while (std::getline(file, line)) {
        if (line.starts_with('#')) continue;
        const auto words = split(line, '\t');
        ASSERT_EQ(words.size(), 4U) << line;
        const auto transform = SubjectTransform::from(words[0], words[1]);
        ASSERT_TRUE(transform) << line << ": " << transform.error().text;
        EXPECT_EQ(transform->apply(words[2]), words[3]) << line;
        ++checked;
    }
    EXPECT_GT(checked, 200);
}

TEST(SubjectTransform, picks_a_random_number_below_the_bound) {
    const auto transform = SubjectTransform::from("a.*", "b.{{random(3)}}").value();
    std::map<std::string, int> seen;
    std::string out;
    for (uint32_t i = 0; i < 30; ++i) {
        transform.apply("a.x", i * 7919U, out);
        ++seen[out];
    }
    EXPECT_EQ(seen.size(), 3U);
    for (const char* each : {"b.0", "b.1", "b.2"}) EXPECT_GT(seen[each], 0) << each;
}

TEST(SubjectTransform, says_what_is_wrong_with_a_destination) {
    const std::string bad = "invalid mapping destination: ";
    EXPECT_EQ(error_of("a.*", "b.*"), "invalid subject");
    EXPECT_EQ(error_of("a.>", "b"), "invalid subject");
    EXPECT_EQ(error_of("a", "b..c"), bad + "invalid transform");
    EXPECT_EQ(error_of("a", ""), bad + "invalid transform");
    EXPECT_EQ(error_of("a.*", "b.$2"), bad + "wildcard index out of range in $2: [2]");
    EXPECT_EQ(error_of("a", "b.$1"), bad + "wildcard index out of range in $1");
    EXPECT_EQ(error_of("a.*", "b.{{nope(1)}}"), bad + "unknown function in {{nope(1)}}");
}

TEST(SubjectTransform, of_an_import_uses_each_wildcard_once_and_can_be_reversed) {
    const auto transform = SubjectTransform::for_import("a.*.b.*.>", "x.$2.$1.>").value();
    EXPECT_EQ(transform.apply("a.1.b.2.r.s"), "x.2.1.r.s");
    EXPECT_EQ(transform.reversed().apply("x.2.1.r.s"), "a.1.b.2.r.s");
    const auto odd = SubjectTransform::for_import("$1.$0.*", "x.$1").value();
    EXPECT_EQ(odd.reversed().apply("x.y"), "$1.$0.y");
    EXPECT_FALSE(SubjectTransform::for_import("a.*.*", "x.$1"));
    EXPECT_FALSE(SubjectTransform::for_import("a.*.*", "x.$1.$1"));
    EXPECT_FALSE(SubjectTransform::for_import("a.*", "x.$0"));
    EXPECT_FALSE(SubjectTransform::for_import("a.*", "x.$0.$1"));
    EXPECT_FALSE(SubjectTransform::for_import("a.*", "x.{{partition(2,1)}}"));
}

TEST(SubjectTransform, keeps_wildcards_of_a_pattern) {
    const auto transform = SubjectTransform::for_import("a.*.>", "x.$1.>").value();
    EXPECT_EQ(transform.apply("a.*.>"), "x.*.>");
    EXPECT_EQ(transform.apply("a.*.b.*"), "x.*.b.*");
}

std::map<std::string, int> outcomes(const SubjectMappings& mappings, std::string_view subject) {
    std::map<std::string, int> seen;
    std::string out;
    for (uint32_t dice = 0; dice < 100; ++dice) {
        if (mappings.map(subject, dice, out)) {
            ++seen[out];
        } else {
            ++seen["unmapped"];
        }
    }
    return seen;
}

using Outcomes = std::map<std::string, int>;

TEST(SubjectMappings, share_out_messages_by_weight) {
    SubjectMappings mappings;
    ASSERT_TRUE(mappings.add({"a", {{"b", 20, ""}, {"c", 30, ""}, {"d", 50, ""}}}, ""));
    EXPECT_EQ(outcomes(mappings, "a"), (Outcomes{{"b", 20}, {"c", 30}, {"d", 50}}));
    EXPECT_EQ(outcomes(mappings, "b"), (Outcomes{{"unmapped", 100}}));
}

TEST(SubjectMappings, leave_the_rest_where_it_is_unless_the_source_is_named) {
    SubjectMappings mappings;
    ASSERT_TRUE(mappings.add({"a.*", {{"b.$1", 20, ""}}}, ""));
    ASSERT_TRUE(mappings.add({"lossy", {{"lossy", 60, ""}, {"b", 10, ""}}}, ""));
    EXPECT_EQ(outcomes(mappings, "a.x"), (Outcomes{{"b.x", 20}, {"a.x", 80}}));
    EXPECT_EQ(outcomes(mappings, "lossy"), (Outcomes{{"lossy", 60}, {"b", 10}, {"", 30}}));
}

TEST(SubjectMappings, take_the_list_of_the_servers_cluster) {
    const SubjectMapping mapping{"a", {{"b", 100, ""}, {"c", 100, "east"}, {"d", 40, "west"}}};
    const auto in = [&](std::string_view cluster) {
        SubjectMappings mappings;
        EXPECT_TRUE(mappings.add(mapping, cluster));
        return outcomes(mappings, "a");
    };
    EXPECT_EQ(in(""), (Outcomes{{"b", 100}}));
    EXPECT_EQ(in("north"), (Outcomes{{"b", 100}}));
    EXPECT_EQ(in("east"), (Outcomes{{"c", 100}}));
    EXPECT_EQ(in("west"), (Outcomes{{"d", 40}, {"a", 60}}));
}

TEST(SubjectMappings, refuse_more_than_all_and_doubles) {
    SubjectMappings mappings;
    const auto refusal = [&](const SubjectMapping& mapping) {
        const auto added = mappings.add(mapping, "");
        return added ? "" : added.error().text;
    };
    EXPECT_EQ(refusal({"a", {{"b", 60, ""}, {"c", 50, ""}}}), "total weight needs to be <= 100");
    EXPECT_EQ(refusal({"a", {{"b", 60, "x"}, {"c", 50, "x"}}}), "total weight needs to be <= 100");
    EXPECT_EQ(refusal({"a", {{"b", 60, "x"}, {"c", 50, "y"}}}), "");
    EXPECT_EQ(refusal({"a", {{"b", 10, ""}, {"b", 10, ""}}}), "duplicate entry for \"b\"");
}

}  // namespace
}  // namespace midge
