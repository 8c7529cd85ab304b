#include "websocket/upgrade.h"

#include <gtest/gtest.h>

#include "websocket/http_request.h"

namespace midge {
namespace {

const std::string usual_request =
    "GET /any/path?query HTTP/1.1\r\nHost: example.com:8080\r\nUpgrade: WebSocket\r\n"
    "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n";

Upgrade judge(const std::string& head, const UpgradeRules& rules = {}) {
    return judge_upgrade(head + "\r\n", rules);
}

std::string without(std::string_view line) {
    std::string head = usual_request;
    const size_t at = head.find(line);
    head.erase(at, head.find("\r\n", at) + 2 - at);
    return head;
}

std::string with(std::string_view before, std::string_view after) {
    std::string head = usual_request;
    return head.replace(head.find(before), before.size(), after);
}

TEST(UpgradeTest, is_granted_as_the_rfc_says) {
    const Upgrade upgrade = judge(usual_request);
    EXPECT_EQ(upgrade.refused, "");
    EXPECT_EQ(upgrade.answer,
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    EXPECT_TRUE(upgrade.masked);
    EXPECT_FALSE(upgrade.compression);
    EXPECT_FALSE(upgrade.browser);
}

TEST(UpgradeTest, is_refused_with_status_and_reason) {
    struct Case {
        std::string head;
        std::string_view status, why;
    };
    for (const Case& c :
         {Case{with("GET", "POST"), "405 Method Not Allowed", "request method must be GET"},
          Case{with("example.com:8080", ""), "400 Bad Request", "'Host' missing in request"},
          Case{without("Upgrade"), "400 Bad Request", "invalid value for header 'Upgrade'"},
          Case{without("Connection"), "400 Bad Request", "invalid value for header 'Connection'"},
          Case{without("Sec-WebSocket-Key"), "400 Bad Request", "key missing"},
          Case{with("dGhl", "d"), "400 Bad Request", "invalid websocket key"},
          Case{with("dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZQ"), "400 Bad Request",
               "invalid websocket key"},
          Case{with("ZQ==", "ZQ"), "400 Bad Request", "invalid websocket key"},
          Case{with("dGhlIHNh", "dG__IHNh"), "400 Bad Request", "invalid websocket key"},
          Case{with(": 13", ": 12"), "400 Bad Request", "invalid version"},
          Case{with("/any/path", "/mqtt"), "404 Not Found", "mqtt websocket endpoint not enabled"},
          Case{with("/any/path", "/a/leafnode"), "404 Not Found",
               "Not configured to accept leaf node connections"}}) {
        const Upgrade upgrade = judge(c.head);
        EXPECT_EQ(upgrade.refused, c.why);
        EXPECT_TRUE(upgrade.answer.starts_with("HTTP/1.1 " + std::string(c.status) + "\r\n"))
            << upgrade.answer;
        EXPECT_TRUE(upgrade.answer.ends_with("\r\n\r\n" + std::string(c.status.substr(4)) + "\n"))
            << upgrade.answer;
    }
}

std::string status_of(const std::string& head) {
    const std::string answer = judge(head).answer;
    return answer.substr(0, answer.find("\r\n"));
}

TEST(UpgradeTest, refuses_what_is_no_http) {
    for (const std::string& head : {std::string("hello\r\n"), std::string("\x16\x03\x01\x02\r\n"),
                                    std::string("GET\r\n"), std::string(300, 'x') + "\r\n"}) {
        const Upgrade upgrade = judge_upgrade(head, {});
        EXPECT_EQ(upgrade.answer,
                  "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
                  "Connection: close\r\n\r\n400 Bad Request");
        EXPECT_EQ(upgrade.refused, "malformed request: a bad request line");
    }
}

TEST(UpgradeTest, takes_request_lines_as_nats_server_does) {
    const std::string good = "HTTP/1.1 101 Switching Protocols";
    const std::string bad = "HTTP/1.1 400 Bad Request";
    const std::string version =
        "HTTP/1.1 505 HTTP Version Not Supported: unsupported protocol version";
    const std::string moved = "HTTP/1.1 301 Moved Permanently";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"GET / HTTP/1.0", good},
        {"GET / HTTP/1.9", good},
        {"GET / HTTP/2.0", version},
        {"GET / HTTP/0.9", version},
        {"GET / http/1.1", bad},
        {"GET / HTTP/1", bad},
        {"GET / HTTP/1.10", bad},
        {"GET / HTTP/1.1 ", bad},
        {"GET  / HTTP/1.1", bad},
        {"GET\t/\tHTTP/1.1", bad},
        {"G@T / HTTP/1.1", bad},
        {"GET * HTTP/1.1", bad},
        {"GET a HTTP/1.1", bad},
        {"GET :a HTTP/1.1", bad},
        {"GET /%zz HTTP/1.1", bad},
        {"GET /%4 HTTP/1.1", bad},
        {"GET /%41?%zz HTTP/1.1", good},
        {"GET /\x01 HTTP/1.1", bad},
        {"GET /\xC3\xA9 HTTP/1.1", good},
        {"GET http://h:1/x HTTP/1.1", good},
        {"GET http:///x HTTP/1.1", good},
        {"GET http://[::1/x HTTP/1.1", bad},
        {"GET http://h:y/x HTTP/1.1", bad},
        {"GET //x HTTP/1.1", moved},
        {"GET /a/../b HTTP/1.1", moved},
        {"GET mailto:x HTTP/1.1", moved},
        {"OPTIONS * HTTP/1.1", "HTTP/1.1 200 OK"},
    };
    for (const auto& [line, status] : cases)
        EXPECT_EQ(status_of(with("GET /any/path?query HTTP/1.1", line)), status) << line;
}

TEST(UpgradeTest, takes_fields_as_nats_server_does) {
    const std::string good = "HTTP/1.1 101 Switching Protocols";
    const std::string bad = "HTTP/1.1 400 Bad Request";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"X:", good},
        {"X:\ty\t", good},
        {"X: a\tb\x80\xC3", good},
        {"X: y\r\n z", good},
        {"bad line", bad},
        {": y", bad},
        {"X\t: y", bad},
        {"X@: y", bad},
        {"\xC3\xA9: y", bad},
        {"X: a\x01", bad},
        {"X: a\x7F", bad},
        {"X: y\rZ: z", bad},
        {"X : y", bad + ": invalid header name"},
        {"Host: b", bad},
        {"Content-Length: 5", good},
        {"Content-Length: -1", bad},
        {"Content-Length: 1\r\nContent-Length: 2", bad},
        {"Transfer-Encoding: chunked", good},
        {"Transfer-Encoding: x", "HTTP/1.1 501 Not Implemented"},
        {"Expect: 100-continue", good},
        {"Expect: x", "HTTP/1.1 417 Expectation Failed"},
    };
    for (const auto& [line, status] : cases)
        EXPECT_EQ(status_of(usual_request + line + "\r\n"), status) << line;
    EXPECT_EQ(status_of(with("Host:", " Host:")), bad) << "a first line that goes on";
}

TEST(UpgradeTest, wants_one_good_host) {
    const std::string malformed = "HTTP/1.1 400 Bad Request: malformed Host header";
    for (const char* host : {"a b", "a/b", "a@b", "a\tb", "\xC3\xA9", "a<b", "a\\b", "a?b"})
        EXPECT_EQ(status_of(with("example.com:8080", host)), malformed) << host;
    for (const char* host : {"[::1]", "a:b", "a!$%&'()*+,;=[]-._~b"})
        EXPECT_EQ(judge(with("example.com:8080", host)).refused, "") << host;
    EXPECT_EQ(status_of(without("Host")), "HTTP/1.1 400 Bad Request: missing required Host header");
}

TEST(UpgradeTest, takes_lines_that_end_in_a_line_feed) {
    std::string head = usual_request;
    for (size_t at = head.find('\r'); at != std::string::npos; at = head.find('\r'))
        head.erase(at, 1);
    EXPECT_EQ(judge_upgrade(head + "\n", {}).refused, "");
    EXPECT_EQ(status_of(with("HTTP/1.1\r", "HTTP/1.1\r\r")), "HTTP/1.1 400 Bad Request");
}

TEST(UpgradeTest, takes_what_the_client_asks_for) {
    UpgradeRules rules;
    rules.compression = true;
    rules.headers = {{"X-One", "1"}};
    const std::string head = usual_request +
                             "Sec-WebSocket-Extensions: foo, permessage-deflate; "
                             "client_max_window_bits\r\nNats-No-Masking: true\r\n"
                             "User-Agent: Mozilla/5.0\r\n";
    const Upgrade upgrade = judge(head, rules);
    EXPECT_TRUE(upgrade.compression);
    EXPECT_FALSE(upgrade.masked);
    EXPECT_TRUE(upgrade.browser);
    EXPECT_TRUE(upgrade.answer.ends_with(
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
        "client_no_context_takeover\r\nNats-No-Masking: true\r\nX-One: 1\r\n\r\n"))
        << upgrade.answer;
    EXPECT_FALSE(judge(head).compression) << "not unless the server wants it";
}

TEST(UpgradeTest, finds_the_client_behind_a_proxy) {
    EXPECT_EQ(judge(usual_request + "X-Forwarded-For: 1.2.3.4\r\n").forwarded_for, "1.2.3.4");
    EXPECT_EQ(judge(usual_request + "X-Forwarded-For: ::1\r\n").forwarded_for, "::1");
    EXPECT_EQ(judge(usual_request + "X-Forwarded-For: bad\r\n").forwarded_for, "");
}

TEST(UpgradeTest, finds_the_cookies_that_are_named) {
    UpgradeRules rules;
    rules.cookies = {.jwt = "j", .user = "u", .password = "p", .token = ""};
    const Upgrade upgrade = judge(usual_request + "Cookie: j=a.b-c_d; u=bob; other=x\r\n", rules);
    EXPECT_EQ(upgrade.cookies.jwt, "a.b-c_d");
    EXPECT_EQ(upgrade.cookies.user, "bob");
    EXPECT_EQ(upgrade.cookies.password, "");
    EXPECT_EQ(upgrade.cookies.token, "");
    const auto jwt = [&rules](const std::string& fields) {
        return judge(usual_request + fields, rules).cookies.jwt;
    };
    EXPECT_EQ(jwt("Cookie: J=other; j=\"quoted\"\r\n"), "quoted");
    EXPECT_EQ(jwt("Cookie: j=a\\b;j=second\r\nCookie: j=third\r\n"), "second");
    EXPECT_EQ(jwt("Cookie: j\r\n"), "");
}

TEST(UpgradeTest, looks_where_the_page_comes_from) {
    struct Case {
        bool same;
        std::vector<std::string> allowed;
        std::string origin;
        bool tls;
        std::string_view why;
    };
    const std::string not_same = "origin not allowed: not same origin";
    const std::string not_listed = "origin not allowed: not in the allowed list";
    for (const Case& c :
         {Case{false, {}, "http://evil.com", false, ""}, Case{true, {}, "", false, ""},
          Case{true, {}, "http://example.com:8080", false, ""},
          Case{true, {}, "http://EXAMPLE.com:8080", false, ""},
          Case{true, {}, "http://example.com", false, not_same},
          Case{true, {}, "http://example.com.evil.com:8080", false, not_same},
          Case{false, {"https://a.com"}, "https://a.com:443", true, ""},
          Case{false, {"https://a.com"}, "http://a.com:443", true, not_listed},
          Case{false, {"https://a.com"}, "https://b.com", true, not_listed},
          Case{false, {"https://a.com:1", "https://a.com:2"}, "https://a.com:2", true, ""},
          Case{true, {"http://a.com"}, "http://example.com:8080", false, not_listed}}) {
        UpgradeRules rules;
        rules.origins = OriginRules::from(c.same, c.allowed).value();
        rules.tls = c.tls;
        const std::string line = c.origin.empty() ? "" : "Origin: " + c.origin + "\r\n";
        EXPECT_EQ(judge(usual_request + line, rules).refused, c.why) << c.origin;
    }
    UpgradeRules rules;
    rules.origins = OriginRules::from(true, {}).value();
    EXPECT_TRUE(
        judge(usual_request + "Origin: null\r\n", rules).answer.starts_with("HTTP/1.1 403 "));
    EXPECT_FALSE(OriginRules::from(false, {"no origin"}));
}

TEST(RequestHead, ends_with_an_empty_line) {
    EXPECT_EQ(request_head_size("GET / HTTP/1.1\r\n\r"), std::nullopt);
    EXPECT_EQ(request_head_size("GET / HTTP/1.1\r\n\r\nx"), 18U);
    EXPECT_EQ(request_head_size("GET / HTTP/1.1\nX: y\n\nx"), 21U);
    EXPECT_EQ(request_head_size("GET / HTTP/1.1"), std::nullopt);
    EXPECT_EQ(request_head_size("no request\nx"), 11U) << "no need to wait for more";
}

}  // namespace
}  // namespace midge
