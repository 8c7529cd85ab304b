#include "subject/import_subjects.h"

#include <gtest/gtest.h>

#include "subject/common_subject.h"

namespace midge {
namespace {

using Subject = std::optional<std::string>;

TEST(CommonSubject, is_what_both_match) {
    EXPECT_EQ(common_subject("a.b", "a.b"), Subject("a.b"));
    EXPECT_EQ(common_subject("*.b", "a.*"), Subject("a.b"));
    EXPECT_EQ(common_subject(">", "a.*.c"), Subject("a.*.c"));
    EXPECT_EQ(common_subject("a.*.>", "*.b.>"), Subject("a.b.>"));
    EXPECT_EQ(common_subject("a.*.c", "a.>"), Subject("a.*.c"));
    EXPECT_EQ(common_subject("*.>", ">"), Subject("*.>"));
}

TEST(CommonSubject, is_nothing_where_no_subject_is_matched_by_both) {
    EXPECT_EQ(common_subject("a", "b"), Subject());
    EXPECT_EQ(common_subject("a", "a.b"), Subject());
    EXPECT_EQ(common_subject("a.*", "a.*.c"), Subject());
    EXPECT_EQ(common_subject("a.>", "a"), Subject());
    EXPECT_EQ(common_subject("a", "a.>"), Subject());
}

TEST(ImportSubjects, subscribes_to_no_more_than_is_imported) {
    const auto same = ImportSubjects::of_stream("s.*", "s.*").value();
    EXPECT_EQ(same.exported_subject(">"), Subject("s.*"));
    EXPECT_EQ(same.exported_subject("*.x"), Subject("s.x"));
    EXPECT_EQ(same.exported_subject("t.x"), Subject());
    const auto mapped = ImportSubjects::of_stream("s.*.*", "t.$2.$1").value();
    EXPECT_EQ(mapped.exported_subject("t.a.*"), Subject("s.*.a"));
    EXPECT_EQ(mapped.exported_subject("*.a.b"), Subject("s.b.a"));
    EXPECT_EQ(mapped.exported_subject("s.a.b"), Subject());
}

TEST(ImportSubjects, give_the_local_subject_of_a_message) {
    std::string memory;
    EXPECT_EQ(ImportSubjects::of_stream("s.>", "s.>")->local_subject("s.a.b", memory), "s.a.b");
    EXPECT_EQ(ImportSubjects::of_stream("s", "t")->local_subject("s", memory), "t");
    EXPECT_EQ(ImportSubjects::of_stream("s.*.*", "t.*.x.*")->local_subject("s.a.b", memory),
              "t.a.x.b");
    EXPECT_EQ(ImportSubjects::of_stream("s.>", "p.s.>")->local_subject("s.a.b", memory), "p.s.a.b");
}

TEST(ImportSubjects, reach_nobody_under_a_subject_that_is_not_valid) {
    EXPECT_EQ(ImportSubjects::of_stream("s", "a b")->exported_subject(">"), Subject());
    EXPECT_EQ(ImportSubjects::of_stream("s", "a..b")->exported_subject(">"), Subject());
    EXPECT_EQ(ImportSubjects::of_stream("s..t", "s..t")->exported_subject(">"), Subject());
}

TEST(ImportSubjects, use_each_wildcard_once) {
    EXPECT_FALSE(ImportSubjects::of_stream("s.*.*", "t.*"));
    EXPECT_FALSE(ImportSubjects::of_stream("s.*", "t.*.*"));
    EXPECT_FALSE(ImportSubjects::of_stream("s.>", "t.*"));
}

}  // namespace
}  // namespace midge
