#include "subject/subject.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace midge {
namespace {

TEST(Subject, is_valid_with_tokens_between_dots) {
    for (const char* good : {"a", "a.b.c", "*", ">", "a.*.b", "a.>", "*.*", "foo*", "foo.b*r",
                             "a>b", ">a", "$SYS.REQ", "_INBOX.x", "é.李", "\x01.\x7f", "a.>b.c"}) {
        EXPECT_TRUE(is_valid_subject(good)) << good;
    }
    for (const char* bad : {"", ".", "a.", ".a", "a..b", "a b", "a\tb", "a\n", "a.\r.b", "\fa",
                            "a\v", ">.a", "a.>.b", " "}) {
        EXPECT_FALSE(is_valid_subject(bad)) << bad;
    }
}

TEST(Subject, is_literal_without_wildcard_tokens) {
    EXPECT_TRUE(is_literal_subject("a.b*.c>"));
    EXPECT_FALSE(is_literal_subject("a.*"));
    EXPECT_FALSE(is_literal_subject(">"));
    EXPECT_FALSE(is_literal_subject("a..b"));
    EXPECT_TRUE(has_wildcard_token("a.*.c"));
    EXPECT_TRUE(has_wildcard_token("a.>"));
    EXPECT_FALSE(has_wildcard_token("a*.>b"));
    EXPECT_FALSE(has_wildcard_token(""));
}

TEST(Subject, counts_tokens) {
    EXPECT_EQ(count_tokens("a"), 1U);
    EXPECT_EQ(count_tokens("a.b.c"), 3U);
}

TEST(Subject, tokens_are_taken_from_the_front) {
    std::string_view rest = "a.bc";
    Token token = take_token(rest);
    EXPECT_EQ(token.text, "a");
    EXPECT_TRUE(token.more);
    token = take_token(rest);
    EXPECT_EQ(token.text, "bc");
    EXPECT_FALSE(token.more);
    EXPECT_TRUE(rest.empty());
}

TEST(Match, of_a_pattern_is_token_by_token) {
    EXPECT_TRUE(subject_matches("a.b", "a.b"));
    EXPECT_TRUE(subject_matches("a.*", "a.b"));
    EXPECT_TRUE(subject_matches("*.b", "a.b"));
    EXPECT_TRUE(subject_matches("a.>", "a.b"));
    EXPECT_TRUE(subject_matches("a.>", "a.b.c"));
    EXPECT_TRUE(subject_matches(">", "a"));
    EXPECT_FALSE(subject_matches("a.>", "a")) << "'>' is at least one token";
    EXPECT_FALSE(subject_matches("a.*", "a"));
    EXPECT_FALSE(subject_matches("a.*", "a.b.c"));
    EXPECT_FALSE(subject_matches("a", "a.b"));
    EXPECT_FALSE(subject_matches("a.b", "a"));
    EXPECT_FALSE(subject_matches("a", "A"));
    EXPECT_FALSE(subject_matches("a*", "ab")) << "only whole tokens are wildcards";
}

// All patterns of up to three tokens from a small alphabet, and the literal subjects that they can
// match.
const char* const pattern_tokens[] = {"a", "b", "*"};
const char* const literal_tokens[] = {"a", "b", "c"};

std::vector<std::string> make_subjects(const char* const (&tokens)[3], size_t length) {
    std::vector<std::string> out = {""};
    for (size_t i = 0; i < length; ++i) {
        std::vector<std::string> longer;
        for (const auto& head : out) {
            for (const char* token : tokens) {
                longer.push_back(head.empty() ? token : head + "." + token);
            }
        }
        out = std::move(longer);
    }
    return out;
}

std::vector<std::string> all_patterns() {
    std::vector<std::string> out = {">"};
    for (size_t length = 1; length <= 3; ++length) {
        for (const auto& subject : make_subjects(pattern_tokens, length)) {
            out.push_back(subject);
            if (length < 3) out.push_back(subject + ".>");
        }
    }
    return out;
}

std::vector<std::string> all_literals() {
    std::vector<std::string> out;
    // One token more than patterns have, to test '>'.
    for (size_t length = 1; length <= 4; ++length) {
        for (auto& subject : make_subjects(literal_tokens, length)) out.push_back(subject);
    }
    return out;
}

TEST(SubsetAndOverlap, say_what_the_matched_subjects_say) {
    const auto patterns = all_patterns();
    const auto literals = all_literals();
    for (const auto& x : patterns) {
        for (const auto& y : patterns) {
            bool subset = true;
            bool shared = false;
            for (const auto& subject : literals) {
                const bool in_x = subject_matches(x, subject);
                const bool in_y = subject_matches(y, subject);
                shared = shared || (in_x && in_y);
                subset = subset && (!in_x || in_y);
            }
            ASSERT_EQ(is_subset(x, y), subset) << x << " in " << y;
            ASSERT_EQ(overlap(x, y), shared) << x << " and " << y;
        }
    }
}

}  // namespace
}  // namespace midge
