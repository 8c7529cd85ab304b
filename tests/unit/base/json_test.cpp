#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace midge {
namespace {

JsonObject parse(const std::string& text) {
    auto object = parse_json_object(text);
    EXPECT_TRUE(object) << text << ": " << object.error().text;
    return *object;
}

TEST(JsonObject, is_one_object_with_white_space_around_it) {
    EXPECT_TRUE(parse_json_object("{}"));
    EXPECT_TRUE(parse_json_object(" \r\n\t{\"a\":[1,{\"b\":null}]} \n"));
}

TEST(JsonObject, is_refused_when_it_is_not_strictly_json) {
    const std::string bad_texts[] = {"",
                                     " ",
                                     "1",
                                     "[]",
                                     "null",
                                     "\"a\"",
                                     "{",
                                     "}",
                                     "{} x",
                                     "{}{}",
                                     "{}]",
                                     "{}\1",
                                     std::string("{}\0", 3),
                                     "\xEF\xBB\xBF{}",
                                     "/**/{}",
                                     "{}//",
                                     "{a:1}",
                                     "{'a':1}",
                                     "{\"a\":1,}",
                                     "{\"a\":[1,]}",
                                     "{\"a\" 1}",
                                     "{\"a\":}",
                                     "{\"a\":NaN}",
                                     "{\"a\":01}",
                                     "{\"a\":+1}",
                                     "{\"a\":.5}",
                                     "{\"a\":1.}",
                                     "{\"a\":-}",
                                     "{\"a\":1e}",
                                     "{\"a\":0x1}",
                                     "{\"a\":tru}",
                                     "{\"a\":\"\\q\"}",
                                     "{\"a\":\"\\ud800\"}",
                                     "{\"a\":\"\\udc00\"}",
                                     "{\"a\":\"x\ny\"}",
                                     std::string("{\"a\":\"\0\"}", 9),
                                     "{\"a\":\"\xff\"}",
                                     "{\"a\":\"\xc0\x80\"}",
                                     "{\"a\":\"\xed\xa0\x80\"}",
                                     "{\"a\":1e999}"};
    for (const auto& bad : bad_texts) {
        const auto object = parse_json_object(bad);
        ASSERT_FALSE(object) << bad;
        EXPECT_EQ(object.error().code, Errc::invalid);
    }
}

TEST(JsonObject, has_a_limit_of_bytes_and_of_depth) {
    EXPECT_FALSE(parse_json_object("{\"a\":1}", 6));
    EXPECT_TRUE(parse_json_object("{\"a\":1}", 7));
    const auto nested = [](size_t depth) {
        return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    EXPECT_TRUE(parse_json_object(nested(json_depth_max - 1)));
    EXPECT_FALSE(parse_json_object(nested(json_depth_max)));
    EXPECT_FALSE(parse_json_object(nested(1'000'000)));
}

TEST(JsonObject, takes_the_last_of_equal_members_unless_strict) {
    const std::string twice = R"({"a":1,"a":2})";
    EXPECT_EQ(json_int(parse(twice), "a").value(), 2);
    EXPECT_FALSE(parse_strict_json_object(twice));
    EXPECT_FALSE(parse_strict_json_object(R"({"x":[{"b":{"c":1,"d":2,"c":3}}]})"));
    EXPECT_TRUE(parse_strict_json_object(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})"));
}

TEST(JsonMember, is_found_without_regard_to_case_but_exactly_first) {
    const auto object = parse(R"({"NAME":"x","name":"y","Other":"z"})");
    EXPECT_EQ(json_string(object, "name").value(), "y");
    EXPECT_EQ(json_string(object, "other").value(), "z");
    EXPECT_EQ(json_find_key(object, "OTHER"), "Other");
    EXPECT_EQ(json_find_key(object, "none"), "");
}

TEST(JsonMember, missing_or_null_gives_the_fallback) {
    const auto object = parse(R"({"n":null})");
    for (const char* key : {"n", "missing"}) {
        EXPECT_EQ(json_string(object, key, "f").value(), "f");
        EXPECT_EQ(json_int(object, key, 7).value(), 7);
        EXPECT_TRUE(json_bool(object, key, true).value());
        EXPECT_TRUE(json_object(object, key)->isNull());
        EXPECT_TRUE(json_array(object, key)->isNull());
        EXPECT_TRUE(json_strings(object, key)->empty());
    }
}

TEST(JsonMember, of_another_type_is_an_error_that_names_it) {
    const auto object = parse(R"({"s":"1","i":1,"b":true,"f":1.5,"o":{},"a":[1]})");
    EXPECT_EQ(json_string(object, "i").error().text, "\"i\" should be a string");
    EXPECT_EQ(json_int(object, "s").error().text, "\"s\" should be an integer");
    EXPECT_FALSE(json_int(object, "f"));
    EXPECT_FALSE(json_int(object, "b"));
    EXPECT_FALSE(json_bool(object, "i"));
    EXPECT_FALSE(json_object(object, "a"));
    EXPECT_FALSE(json_array(object, "o"));
    EXPECT_FALSE(json_strings(object, "a"));
    EXPECT_TRUE(json_object(object, "o").value());
    EXPECT_EQ(json_array(object, "a").value()->size(), 1U);
}

TEST(JsonInt, covers_64_bits_and_refuses_more) {
    const auto number = [](const char* text) {
        const auto object = parse_json_object(std::string("{\"n\":") + text + "}");
        return object ? json_int(*object, "n") : Result<int64_t>(fail("not JSON"));
    };
    EXPECT_EQ(number("9223372036854775807").value(), std::numeric_limits<int64_t>::max());
    EXPECT_EQ(number("-9007199254740991").value(), -9'007'199'254'740'991);
    EXPECT_FALSE(number("-9007199254740993")) << "would be read as another number";
    EXPECT_FALSE(number("9223372036854775808"));
    EXPECT_FALSE(number("18446744073709551615"));
    EXPECT_FALSE(number("18446744073709551616")) << "would be read as 0";
    EXPECT_FALSE(number("18446744073709551617")) << "would be read as 1";
    EXPECT_FALSE(number("-9223372036854775809"));
    EXPECT_FALSE(number("99999999999999999999999"));
    EXPECT_FALSE(number("1e3"));
    EXPECT_EQ(number("-0").value(), 0);
}

TEST(JsonString, keeps_unicode_and_escapes) {
    EXPECT_EQ(json_string(parse(R"({"a":"\u00e9\ud83d\ude00\n\"\\\/"})"), "a").value(),
              "é😀\n\"\\/");
    EXPECT_EQ(json_string(parse(R"({"a":"x\u0000y"})"), "a").value(), std::string("x\0y", 3));
}

}  // namespace
}  // namespace midge
