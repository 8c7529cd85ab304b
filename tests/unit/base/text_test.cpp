#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/near_word.h"
#include "base/white_space.h"
#include "base/wire_error.h"

namespace midge {
namespace {

using testing::ElementsAre;

TEST(Text, changes_case_of_ascii_only) {
    EXPECT_EQ(to_lower_ascii("AbC-ÄZ"), "abc-Äz");
    EXPECT_TRUE(equals_ignore_case("Max_Payload", "max_payload"));
    EXPECT_FALSE(equals_ignore_case("a", "ab"));
    EXPECT_FALSE(equals_ignore_case("@", "`")) << "32 apart, but no letters";
}

TEST(Text, trims_white_space_at_both_ends) {
    EXPECT_EQ(trim(" \t\r\n a b \v\f"), "a b");
    EXPECT_EQ(trim("   "), "");
    EXPECT_EQ(trim(""), "");
}

TEST(Text, white_space_is_that_of_unicode) {
    for (const char* space : {" ", "\t", "\v", "\u0085", "\u00a0", "\u1680", "\u2003", "\u2028",
                              "\u2029", "\u202f", "\u205f", "\u3000"}) {
        EXPECT_EQ(white_space_size(space + std::string("a")), std::string(space).size()) << space;
    }
    for (const char* other : {"", "a", "\xa0", "\x85", "\u180e", "\u200b", "\u2060", "\ufeff"}) {
        EXPECT_EQ(white_space_size(other), 0) << other;
    }
}

TEST(Text, words_stand_between_white_space) {
    EXPECT_THAT(words("\u00a0 a.b\u3000\t q\u200b \n"), ElementsAre("a.b", "q\u200b"));
    EXPECT_THAT(words("a"), ElementsAre("a"));
    EXPECT_THAT(words(" \u2028 "), ElementsAre());
    EXPECT_EQ(strip_white_space("\u00a0 a b\u3000"), "a b");
    EXPECT_EQ(strip_white_space(" \u2028 "), "");
}

TEST(Text, splits_into_one_part_more_than_separators) {
    EXPECT_THAT(split("a..b", '.'), ElementsAre("a", "", "b"));
    EXPECT_THAT(split("", '.'), ElementsAre(""));
    EXPECT_THAT(split(".", '.'), ElementsAre("", ""));
}

TEST(Text, wiped_is_empty) {
    std::string secret = "seed";
    wipe(secret);
    EXPECT_TRUE(secret.empty());
}

TEST(WireError, quotes_what_go_does_not_print) {
    EXPECT_EQ(go_quote("é\u00a0\u200b\ufeff\u3000中😀\U000e0001"),
              "\"é\\u00a0\\u200b\\ufeff\\u3000中😀\\U000e0001\"");
    EXPECT_EQ(go_quote("\u00a1\u00ac\u00ae\xa0"), "\"\u00a1\u00ac\u00ae\\xa0\"");
}

TEST(WireError, is_a_quoted_line) {
    EXPECT_EQ(err_line(WireError::authorization_violation), "-ERR 'Authorization Violation'\r\n");
    EXPECT_EQ(wire_text(WireError::invalid_publish_subject), "Invalid Publish Subject");
    EXPECT_EQ(wire_text(WireError::unknown_protocol_operation), "Unknown Protocol Operation");
}

TEST(WireError, of_permissions_names_subject_and_queue) {
    EXPECT_EQ(publish_violation_line("a.b"),
              "-ERR 'Permissions Violation for Publish to \"a.b\"'\r\n");
    EXPECT_EQ(reply_violation_line("r"),
              "-ERR 'Permissions Violation for Publish with Reply of \"r\"'\r\n");
    EXPECT_EQ(subscribe_violation_line("a", ""),
              "-ERR 'Permissions Violation for Subscription to \"a\"'\r\n");
    EXPECT_EQ(subscribe_violation_line("a", "q"),
              "-ERR 'Permissions Violation for Subscription to \"a\" using queue \"q\"'\r\n");
    EXPECT_EQ(too_many_tokens_line("a.b"),
              "-ERR 'Permissions Violation for Subscription to \"a.b\", too many tokens'\r\n");
}

TEST(GoQuote, keeps_a_line_a_line) {
    EXPECT_EQ(go_quote("plain"), "\"plain\"");
    EXPECT_EQ(go_quote("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(go_quote("\r\n\t\a\b\f\v"), R"("\r\n\t\a\b\f\v")");
    EXPECT_EQ(go_quote(std::string("\0\x01\x7f", 3)), R"("\x00\x01\x7f")");
    EXPECT_EQ(go_quote("é李"), "\"é李\"");
    EXPECT_EQ(go_quote("\xff"), R"("\xff")");
    EXPECT_EQ(go_quote("\xc3"), R"("\xc3")") << "cut off";
    EXPECT_EQ(go_quote("\xed\xa0\x80"), R"("\xed\xa0\x80")") << "a surrogate";
}

TEST(NearWord, finds_what_two_slips_or_fewer_make_of_it) {
    constexpr std::array<std::string_view, 4> words = {"port", "host", "max_payload", "tls"};
    EXPECT_EQ(near_word("prot", words), "port");
    EXPECT_EQ(near_word("HOST", words), "host");
    EXPECT_EQ(near_word("maxpaylod", words), "max_payload");
    EXPECT_EQ(near_word("tsl", words), "tls");
    EXPECT_EQ(near_word("post", words), "port");  // the first of two candidates
    EXPECT_EQ(near_word("max_pay", words), "");
    EXPECT_EQ(near_word("x", words), "");
    EXPECT_EQ(near_word("", words), "");
    EXPECT_EQ(word_distance("abcd", "acbd"), 1U);
    EXPECT_EQ(word_distance("", "ab"), 2U);
}

}  // namespace
}  // namespace midge
