// The information about a client in the first bytes from a proxy. tests/wire/proxy tests more
// cases, with the answers of nats-server.
#include "net/proxy_header.h"

#include <gtest/gtest.h>

#include "net/ip_text.h"

namespace midge {
namespace {

using namespace std::string_literals;
using Kind = ProxyHeader::Kind;

const std::string v1 = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 4222\r\n";
const std::string v2 =
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\x00\x02\x07\xc6\x33\x64\x01\xdc\x04\x10\x7e"s;

TEST(ProxyHeader, says_where_the_client_is) {
    for (const std::string& header : {v1, v2}) {
        const ProxyHeader parsed = parse_proxy_header(header + "PING\r\n");
        ASSERT_EQ(parsed.kind, Kind::present);
        EXPECT_EQ(parsed.size, header.size());
        EXPECT_EQ(parsed.ignored_size, 0U);
        ASSERT_TRUE(parsed.client);
        EXPECT_EQ(parsed.client->ip, "192.0.2.7");
        EXPECT_EQ(parsed.client->port, 56324);
    }
}

TEST(ProxyHeader, is_waited_for_to_its_last_byte) {
    for (const std::string& header : {v1, v2}) {
        for (size_t there = 0; there < header.size(); ++there) {
            EXPECT_EQ(parse_proxy_header(header.substr(0, there)).kind, Kind::unfinished) << there;
        }
    }
}

TEST(ProxyHeader, is_never_waited_for_beyond_its_greatest_length) {
    std::string endless = "PROXY ";
    endless.append(proxy_header_bytes_max - endless.size(), 'x');
    const ProxyHeader parsed = parse_proxy_header(endless);
    ASSERT_EQ(parsed.kind, Kind::bad);
    EXPECT_EQ(parsed.failure, "invalid PROXY protocol header: v1 line too long");
}

TEST(ProxyHeader, is_absent_at_the_first_byte_that_is_of_none) {
    for (const std::string text : {"CONNECT {}\r\n", "PUB a", "\r\nPING\r\n", "X", "PROXIES"}) {
        EXPECT_EQ(parse_proxy_header(text).kind, Kind::absent) << text;
    }
}

TEST(ProxyHeader, leaves_to_be_ignored_what_has_not_come_of_it) {
    std::string header = v2;
    header[14] = '\x01';  // 256 bytes more
    const ProxyHeader parsed = parse_proxy_header(header + "more");
    ASSERT_EQ(parsed.kind, Kind::present);
    EXPECT_EQ(parsed.size, header.size() + 4);
    EXPECT_EQ(parsed.ignored_size, 252U);
    ASSERT_TRUE(parsed.client);
    EXPECT_EQ(parsed.client->ip, "192.0.2.7");
}

TEST(IpText, is_canonical) {
    EXPECT_EQ(canonical_ip("2001:DB8:0:0::7"), "2001:db8::7");
    EXPECT_EQ(canonical_ip("::ffff:192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(canonical_ip("192.0.2.7"), "192.0.2.7");
    for (const std::string text :
         {"", "192.0.2", "192.0.2.256", "192.0.02.7", "fe80::1%eth0", "::1::2", "localhost"}) {
        EXPECT_FALSE(canonical_ip(text)) << text;
    }
    EXPECT_EQ(ip_text("\xc0\x00\x02\x07"s), "192.0.2.7");
}

}  // namespace
}  // namespace midge
