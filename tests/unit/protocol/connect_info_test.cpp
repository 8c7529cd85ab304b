#include <gtest/gtest.h>

#include "protocol/connect.h"
#include "protocol/connect_trace.h"
#include "protocol/info.h"
#include "protocol/json_syntax.h"

namespace midge {
namespace {

Result<ConnectOptions> parse_connect(std::string_view json, ConnectOptions options = {}) {
    auto read = read_connect(json, options);
    if (!read) return pass(read);
    return options;
}

std::string connect_error(std::string_view json) {
    const auto options = parse_connect(json);
    return options ? std::string() : options.error().text;
}

TEST(Connect, has_the_defaults_of_the_protocol) {
    for (const char* json : {"{}", "null", " \t{ } "}) {
        const auto options = parse_connect(json);
        ASSERT_TRUE(options);
        EXPECT_TRUE(options->verbose && options->pedantic && options->echo);
        EXPECT_FALSE(options->headers || options->no_responders);
        EXPECT_EQ(options->protocol, 0);
    }
}

TEST(Connect, reads_members_in_any_case_and_ignores_unknown_ones) {
    const auto options = parse_connect(
        R"({"VERBOSE":false,"Name":"x","protocol":1,"extra":{"a":[1,{}],"b":"]}"},"user":null})");
    ASSERT_TRUE(options);
    EXPECT_FALSE(options->verbose);
    EXPECT_EQ(options->name, "x");
    EXPECT_EQ(options->protocol, 1);
    EXPECT_EQ(options->user, "");
}

TEST(Connect, finds_names_that_are_written_with_escapes_or_letters_that_fold_to_ascii) {
    const auto options =
        parse_connect(R"({"n\u0061me":"n","paſs":"p","nKey":"k","verbože":false})");
    ASSERT_TRUE(options);
    EXPECT_EQ(options->name, "n");
    EXPECT_EQ(options->pass, "p");
    EXPECT_EQ(options->nkey, "k");
    EXPECT_TRUE(options->verbose);
}

TEST(Connect, takes_the_last_of_equal_names_and_keeps_what_is_null_or_missing) {
    ConnectOptions before;
    before.echo = false;
    before.name = "n";
    before.pass = "p";
    const auto options =
        parse_connect(R"({"user":"a","USER":"b","name":null,"echo":null})", before);
    ASSERT_TRUE(options);
    EXPECT_EQ(options->user, "b");
    EXPECT_EQ(options->name, "n");
    EXPECT_EQ(options->pass, "p");
    EXPECT_FALSE(options->echo);
}

TEST(Connect, reads_strings_of_any_bytes) {
    const auto name = [](const std::string& literal) {
        const auto options = parse_connect("{\"name\":" + literal + "}");
        return options ? options->name : "refused: " + options.error().text;
    };
    EXPECT_EQ(name("\"M\xFCller\x7F\""), "M\uFFFDller\x7F");
    EXPECT_EQ(name("\"\xE2\x82\""), "\uFFFD\uFFFD");
    EXPECT_EQ(name(R"("\ud83d\ude00\u00e9\u20ac")"), "\U0001F600\u00E9\u20AC");
    EXPECT_EQ(name(R"("\ud83d")"), "\uFFFD");
    EXPECT_EQ(name(R"("\ude00\ud83d\ud83d\n")"), "\uFFFD\uFFFD\uFFFD\n");
    EXPECT_EQ(name(R"("\"\\\/\b\f\n\r\t\u0000")"), std::string("\"\\/\b\f\n\r\t\0", 9));
}

TEST(Connect, takes_unknown_numbers_of_any_size_and_values_of_any_depth_up_to_a_limit) {
    const auto nested = [](size_t depth) {
        return "{\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    EXPECT_EQ(connect_error("{\"x\":1e999,\"y\":-0.5E+10,\"z\":" + std::string(30, '1') + "}"), "");
    EXPECT_EQ(connect_error(nested(json_nesting_max - 1)), "");
    EXPECT_EQ(connect_error(nested(json_nesting_max)), "exceeded max depth");
}

TEST(Connect, refuses_what_is_no_json_in_the_words_of_nats_server) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "unexpected end of JSON input"},
        {"{", "unexpected end of JSON input"},
        {"{\"a\":\"\\", "unexpected end of JSON input"},
        {"-", "unexpected end of JSON input"},
        {"{}x", "invalid character 'x' after top-level value"},
        {"nulL", "invalid character 'L' in literal null (expecting 'l')"},
        {"{,}", "invalid character ',' looking for beginning of object key string"},
        {"{\"a\":1,}", "invalid character '}' looking for beginning of object key string"},
        {"{\"a\":1 \"b\":2}", "invalid character '\"' after object key:value pair"},
        {"{\"a\"}", "invalid character '}' after object key"},
        {"[1 2]", "invalid character '2' after array element"},
        {"[1,]", "invalid character ']' looking for beginning of value"},
        {"[01]", "invalid character '1' after array element"},
        {"[1.]", "invalid character ']' in numeric literal"},
        {"[-x]", "invalid character 'x' in numeric literal"},
        {"[\"a\tb\"]", "invalid character '\\t' in string"},
        {"[\"\\x\"]", "invalid escape sequence `\\x` in string"},
        {"[\"\\u12g4\"]", "invalid escape sequence `\\u` in string"},
        {"\xEF\xBB\xBF{}", "invalid character '\\ufeff' looking for beginning of value"},
        {"\xFF", "invalid character '\\xff' looking for beginning of value"},
        {"'", "invalid character '\\'' looking for beginning of value"},
    };
    for (const auto& [json, error] : cases) EXPECT_EQ(connect_error(json), error) << json;
}

TEST(Connect, refuses_members_of_another_type_without_telling_what_strings_say) {
    const std::string into = "json: cannot unmarshal ";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"[]", "array into Go value of type server.ClientOpts"},
        {R"({"Verbose":"yes"})", "string into Go struct field ClientOpts.Verbose of type bool"},
        {R"({"pass":123456})", "number into Go struct field ClientOpts.pass of type string"},
        {R"({"jwt":{"a":"b"}})", "object into Go struct field ClientOpts.jwt of type string"},
        {R"({"protocol":1.0})", "number 1.0 into Go struct field ClientOpts.protocol of type int"},
        {R"({"protocol":9223372036854775808})",
         "number 9223372036854775808 into Go struct field ClientOpts.protocol of type int"},
        {R"({"import":1})",
         "number into Go struct field ClientOpts.import of type server.SubjectPermission"},
        {R"({"import":{"Allow":"a"}})",
         "string into Go struct field ClientOpts.import.Allow of type []string"},
        {R"({"export":{"deny":["a",null,[1]]}})",
         "array into ClientOpts.export.deny.2 of type string"},
        {R"({"remote_account":true,"user":1})",
         "bool into Go struct field ClientOpts.remote_account of type string"},
    };
    for (const auto& [json, error] : cases) EXPECT_EQ(connect_error(json), into + error) << json;
    // Text that is not JSON is reported first.
    EXPECT_EQ(connect_error(R"({"verbose":1)"), "unexpected end of JSON input");
}

TEST(Info, of_a_client_must_be_one) {
    EXPECT_TRUE(check_info(R"({"server_id":"x","connect_urls":["a"],"client_id":1,"new":1})"));
    EXPECT_FALSE(check_info("x"));
    EXPECT_FALSE(check_info(R"({"port":"4222"})"));
    EXPECT_FALSE(check_info(R"({"client_id":-1})"));
    EXPECT_FALSE(check_info(R"({"max_payload":2147483648})"));
    EXPECT_FALSE(check_info(R"({"gateway_cmd":256})"));
}

TEST(Info, of_a_server_says_whether_tls_follows) {
    EXPECT_TRUE(info_asks_for_tls(R"(INFO {"server_id":"x","tls_required":true} )").value());
    EXPECT_TRUE(info_asks_for_tls(R"(info {"TLS_Required":true})").value());
    EXPECT_FALSE(info_asks_for_tls(R"(INFO {"tls_required":false,"tls_available":true})").value());
    EXPECT_FALSE(info_asks_for_tls("INFO {}").value());
    EXPECT_EQ(info_asks_for_tls("-ERR 'maximum connections exceeded'").error().text,
              R"(expected INFO, found "-ERR 'maximum connections exceeded'")");
    EXPECT_EQ(info_asks_for_tls("HTTP/1.1 400 " + std::string(1000, 'x')).error().text,
              "expected INFO, found \"HTTP/1.1 400 " + std::string(51, 'x') + "\"");
    EXPECT_EQ(info_asks_for_tls("INFO").error().text, "INFO: unexpected end of JSON input");
    EXPECT_EQ(info_asks_for_tls(R"(INFO {"tls_required":"yes"})").error().text,
              "INFO: json: cannot unmarshal string into Go struct field Info.tls_required of type "
              "bool");
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
    // A name with escapes may be any name.
    EXPECT_EQ(redacted_connect(R"({"p\u0061ss":"p","name":"pass"})"),
              R"({"p\u0061ss":"[REDACTED]","name":"pass"})");
    // If the text is not JSON, nothing of the rest is shown.
    EXPECT_EQ(redacted_connect("{\"pa\u017Fs\":\"p\"}"), "{\"pa\u017Fs\":\"[REDACTED]\"}");
    EXPECT_EQ(redacted_connect(R"({"pass":["p"],"x":1})"), R"({"pass":[REDACTED])");
    EXPECT_EQ(redacted_connect(R"({"pass":"p)"), R"({"pass":"[REDACTED]")");
    EXPECT_EQ(redacted_connect(R"({"pass)"), R"({"pass)");
    EXPECT_EQ(redacted_connect(R"({"pass":)"), R"({"pass":[REDACTED])");
    EXPECT_EQ(redacted_connect(""), "");
}

}  // namespace
}  // namespace midge
