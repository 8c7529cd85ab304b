#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace midge {
namespace {

template <class T>
std::string one(const T& value) {
    JsonWriter out;
    out.value(value);
    return out.take();
}

TEST(JsonWriter, keeps_the_order_of_the_calls) {
    JsonWriter out;
    out.begin_object().field("b", 1).field("a", true).key("list").begin_array().value("x").null();
    out.begin_object().end_object().end_array().field("last", "y").end_object();
    EXPECT_EQ(out.take(), R"({"b":1,"a":true,"list":["x",null,{}],"last":"y"})");
}

TEST(JsonWriter, leaves_out_empty_fields_when_asked) {
    JsonWriter out;
    out.begin_object().field_oe("a", std::string()).field_oe("b", 0).field_oe("c", false);
    out.field_oe("d", std::string("x")).end_object();
    EXPECT_EQ(out.take(), R"({"d":"x"})");
}

TEST(JsonWriter, indents_as_go_does) {
    JsonWriter out(2);
    out.begin_object().field("a", 1).key("b").begin_array().value(1).value(2).end_array();
    out.key("c").begin_object().end_object().key("d").begin_array().end_array().end_object();
    EXPECT_EQ(out.take(),
              "{\n  \"a\": 1,\n  \"b\": [\n    1,\n    2\n  ],\n  \"c\": {},\n  \"d\": []\n}");
}

TEST(JsonWriter, escapes_what_json_and_html_need) {
    EXPECT_EQ(one("a\"b\\c/d"), R"("a\"b\\c/d")");
    EXPECT_EQ(one("<&>"), "\"\\u003c\\u0026\\u003e\"");
    EXPECT_EQ(one("\b\f\n\r\t\x01\x1f\x7f"), "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
    EXPECT_EQ(one(std::string("\0", 1)), "\"\\u0000\"");
}

TEST(JsonWriter, keeps_utf8_and_replaces_what_is_none) {
    EXPECT_EQ(one("é€𝄞"), "\"é€𝄞\"");
    EXPECT_EQ(one("\xE2\x80\xA8\xE2\x80\xA9"), "\"\\u2028\\u2029\"");
    EXPECT_EQ(one("a\xFFz"), "\"a�z\"");
    EXPECT_EQ(one("\xC3"), "\"�\"") << "cut off";
    EXPECT_EQ(one("\xC0\xAF"), "\"��\"") << "overlong";
    EXPECT_EQ(one("\xE0\x9F\xBF"), "\"���\"") << "overlong";
    EXPECT_EQ(one("\xED\xA0\x80"), "\"���\"") << "surrogate";
    EXPECT_EQ(one("\xF4\x90\x80\x80"), "\"����\"") << "beyond U+10FFFF";
    EXPECT_EQ(one("\xE2\x28\xA1"), "\"�(�\"");
}

TEST(JsonWriter, prints_numbers_as_go_does) {
    EXPECT_EQ(one(std::numeric_limits<int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(one(std::numeric_limits<uint64_t>::max()), "18446744073709551615");
    EXPECT_EQ(one(0.0), "0");
    EXPECT_EQ(one(3.0), "3");
    EXPECT_EQ(one(0.1), "0.1");
    EXPECT_EQ(one(-12.75), "-12.75");
    EXPECT_EQ(one(1e20), "100000000000000000000");
    EXPECT_EQ(one(1e21), "1e+21");
    EXPECT_EQ(one(1e-6), "0.000001");
    EXPECT_EQ(one(1.5e-7), "1.5e-7");
    EXPECT_EQ(one(1e-10), "1e-10");
    EXPECT_EQ(one(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(JsonWriter, takes_ready_made_json_as_a_value) {
    JsonWriter out;
    out.begin_object().key("data").raw(R"({"x": 1})").field("y", 2).end_object();
    EXPECT_EQ(out.take(), R"({"data":{"x": 1},"y":2})");
}

TEST(JsonWriter, embedded_text_gets_the_layout_around_it) {
    const std::string compact = R"({"a":[1,"x,{}:[]\"",{}],"b":{"c":null,"d":[]},"e":-1.5e3})";
    JsonWriter same;
    same.begin_object().key("v").embed(compact).end_object();
    EXPECT_EQ(same.take(), "{\"v\":" + compact + "}");
    JsonWriter out(2);
    out.begin_object().key("v").embed(compact).field("w", 1).end_object();
    EXPECT_EQ(out.take(), R"({
  "v": {
    "a": [
      1,
      "x,{}:[]\"",
      {}
    ],
    "b": {
      "c": null,
      "d": []
    },
    "e": -1.5e3
  },
  "w": 1
})");
}

}  // namespace
}  // namespace midge
