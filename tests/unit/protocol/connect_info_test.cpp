#include <gtest/gtest.h>

#include "protocol/connect.h"
#include "protocol/connect_trace.h"
#include "protocol/info.h"

namespace midge {
namespace {

TEST(Connect, has_the_defaults_of_the_protocol) {
    const auto options = parse_connect("{}");
    ASSERT_TRUE(options);
    EXPECT_TRUE(options->verbose && options->pedantic && options->echo);
    EXPECT_FALSE(options->headers || options->no_responders);
    EXPECT_EQ(options->protocol, 0);
}

TEST(Connect, reads_members_in_any_case_and_ignores_unknown_ones) {
    const auto options =
        parse_connect(R"({"VERBOSE":false,"Name":"x","protocol":1,"extra":{"a":[1]},"user":null})");
    ASSERT_TRUE(options);
    EXPECT_FALSE(options->verbose);
    EXPECT_EQ(options->name, "x");
    EXPECT_EQ(options->protocol, 1);
    EXPECT_EQ(options->user, "");
}

TEST(Connect, refuses_what_is_no_object_or_has_another_type_without_telling_values) {
    for (const char* json : {"", "[]", "1", "{", "{}x", R"({"verbose":"yes"})", R"({"name":1})"}) {
        EXPECT_FALSE(parse_connect(json)) << json;
    }
    const auto wrong = parse_connect(R"({"pass":123456})");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().text.find("123456"), std::string::npos);
}

TEST(Info, is_one_line_with_members_in_the_order_of_nats_server) {
    ServerInfoFields server;
    server.server_id = server.server_name = "NID";
    server.version = "2.15.1";
    server.host = "0.0.0.0";
    server.port = 4222;
    server.auth_required = true;
    server.payload_bytes_max = 1048576;
    ConnectionInfoFields connection;
    connection.client_id = 5;
    connection.client_ip = "127.0.0.1";
    connection.nonce = "abc";
    EXPECT_EQ(info_line(server, connection),
              "INFO "
              "{\"server_id\":\"NID\",\"server_name\":\"NID\",\"version\":\"2.15.1\",\"proto\":1,"
              "\"go\":\"\","
              "\"host\":\"0.0.0.0\",\"port\":4222,\"headers\":true,\"auth_required\":true,\"max_"
              "payload\":1048576,"
              "\"client_id\":5,\"client_ip\":\"127.0.0.1\",\"nonce\":\"abc\",\"api_lvl\":5} \r\n");
}

TEST(RedactedConnect, shows_no_secret) {
    EXPECT_EQ(redacted_connect(R"({"user":"a","pass":"p","lang":"go","x":{"sig":"s"}})"),
              R"({"user":"a","pass":"[REDACTED]","lang":"go","x":{"sig":"[REDACTED]"}})");
    EXPECT_EQ(redacted_connect(R"({ "PASS" : "p\"q" , "auth_token":"","jwt":"e.y.J"})"),
              R"({ "PASS" : "[REDACTED]" , "auth_token":"[REDACTED]","jwt":"[REDACTED]"})");
    // A name written with escapes may be any.
    EXPECT_EQ(redacted_connect(R"({"p\u0061ss":"p","name":"pass"})"),
              R"({"p\u0061ss":"[REDACTED]","name":"pass"})");
    // No JSON: nothing of what follows.
    EXPECT_EQ(redacted_connect(R"({"pass":["p"],"x":1})"), R"({"pass":[REDACTED])");
    EXPECT_EQ(redacted_connect(R"({"pass":"p)"), R"({"pass":"[REDACTED]")");
    EXPECT_EQ(redacted_connect(R"({"pass)"), R"({"pass)");
    EXPECT_EQ(redacted_connect(R"({"pass":)"), R"({"pass":[REDACTED])");
    EXPECT_EQ(redacted_connect(""), "");
}

}  // namespace
}  // namespace midge
