#include "auth/creds.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace midge {
namespace {

constexpr const char* seed = "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y";
constexpr const char* jwt = "eyJhbGciOiJ4In0.eyJhIjoiYiJ9.c2ln-_c";

TEST(Creds, are_written_as_the_tools_of_nats_do) {
    EXPECT_EQ(format_creds(jwt, seed), std::string("-----BEGIN NATS USER JWT-----\n") + jwt +
                                           "\n------END NATS USER JWT------\n\n"
                                           "************************* IMPORTANT "
                                           "*************************\n"
                                           "NKEY Seed printed below can be used to sign and prove "
                                           "identity.\n"
                                           "NKEYs are sensitive and should be treated as secrets."
                                           "\n\n-----BEGIN USER NKEY SEED-----\n" +
                                           seed + "\n------END USER NKEY SEED------\n\n" +
                                           std::string(61, '*') + "\n");
}

TEST(Creds, are_read_with_either_line_end_and_with_text_around) {
    std::string text = format_creds(jwt, seed);
    for (int pass = 0; pass < 2; ++pass) {
        const auto creds = parse_creds(text);
        ASSERT_TRUE(creds) << creds.error().text;
        EXPECT_EQ(creds->jwt, jwt);
        EXPECT_EQ(creds->seed, seed);
        std::string crlf = "a comment\r\n";
        for (const char c : text) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
        text = crlf;
    }
}

TEST(Creds, without_jwt_or_seed_are_refused) {
    EXPECT_FALSE(parse_creds(""));
    EXPECT_FALSE(parse_creds(jwt));
    EXPECT_FALSE(parse_creds(decorate_jwt("user", jwt)));
    EXPECT_FALSE(parse_creds(decorate_seed(seed)));
    EXPECT_FALSE(parse_creds(decorate_jwt("user", jwt) + decorate_jwt("user", jwt)));
    EXPECT_FALSE(parse_creds(std::string(creds_bytes_max + 1, '-')));
    EXPECT_FALSE(parse_creds("-----\n-----\n-----"));
}

TEST(JwtText, is_found_bare_and_decorated) {
    EXPECT_EQ(parse_jwt_text(std::string(" \n") + jwt + "\r\n").value(), jwt);
    EXPECT_EQ(parse_jwt_text(decorate_jwt("account", jwt)).value(), jwt);
    EXPECT_EQ(parse_jwt_text(format_creds(jwt, seed)).value(), jwt);
    EXPECT_EQ(decorate_jwt("Operator", jwt).substr(0, 34), "-----BEGIN NATS OPERATOR JWT-----\n");
    for (const char* bad : {"", "a.b", "a.b.c.d", "a b.c.d", "{\"a\":1}", seed}) {
        EXPECT_FALSE(parse_jwt_text(bad)) << bad;
    }
}

TEST(SeedText, is_found_in_seed_and_creds_files) {
    EXPECT_EQ(parse_seed_text(std::string("# key\n ") + seed + " \r\n").value(), seed);
    EXPECT_EQ(parse_seed_text(decorate_seed(seed)).value(), seed);
    EXPECT_EQ(parse_seed_text(format_creds(jwt, seed)).value(), seed);
    EXPECT_FALSE(parse_seed_text(""));
    EXPECT_FALSE(parse_seed_text("UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK"));
}

TEST(SeedText, decoration_names_the_kind) {
    EXPECT_NE(decorate_seed("SAxx").find("BEGIN ACCOUNT NKEY SEED"), std::string::npos);
    EXPECT_NE(decorate_seed("SOxx").find("BEGIN OPERATOR NKEY SEED"), std::string::npos);
}

}  // namespace
}  // namespace midge
