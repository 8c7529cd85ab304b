#include "net/proxy_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "net/ip_text.h"

namespace midge {
namespace {

using namespace std::string_view_literals;
using Kind = ProxyHeader::Kind;

constexpr std::string_view v1_start = "PROXY ";
constexpr std::string_view v2_signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr size_t v2_start_size = 6;  // bytes that distinguish the versions
constexpr size_t v2_fixed_size = 16;
constexpr size_t v2_ipv4_size = 12;  // two addresses and two ports
constexpr size_t v2_ipv6_size = 36;
constexpr uint8_t v2_version = 0x20;
constexpr uint8_t v2_local = 0;
constexpr uint8_t v2_proxied = 1;
constexpr uint8_t v2_stream = 1;
constexpr uint8_t v2_unspecified = 0;
constexpr uint8_t v2_inet = 0x10;
constexpr uint8_t v2_inet6 = 0x20;
static_assert(v2_fixed_size + v2_ipv6_size <= proxy_header_bytes_max);

ProxyHeader bad(std::string why) {
    ProxyHeader out;
    out.kind = Kind::bad;
    out.failure = std::move(why);
    return out;
}

ProxyHeader bad_header(std::string_view why) {
    return bad(fmt::format("invalid PROXY protocol header: {}", why));
}

ProxyHeader unsupported(std::string_view why) {
    return bad(fmt::format("unsupported PROXY protocol feature: {}", why));
}

std::vector<std::string_view> words_of(std::string_view line) {
    constexpr std::string_view blanks = " \t";
    std::vector<std::string_view> words;
    for (size_t at = line.find_first_not_of(blanks); at != std::string_view::npos;
         at = line.find_first_not_of(blanks, at)) {
        const size_t end = std::min(line.find_first_of(blanks, at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end;
    }
    return words;
}

// Returns an empty text if `text` is a port, or else the error.
std::string read_port(std::string_view text, uint16_t& port) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    const bool number = !text.empty() && std::all_of(text.begin(), text.end(),
                                                     [](char c) { return c >= '0' && c <= '9'; });
    if (number && error == std::errc() && stop == end) return {};
    return fmt::format("strconv.ParseUint: parsing \"{}\": {}", text,
                       number ? "value out of range" : "invalid syntax");
}

ProxyHeader parse_v1(std::string_view bytes) {
    const size_t line_feed = bytes.substr(0, proxy_header_bytes_max).find('\n');
    if (line_feed == std::string_view::npos) {
        return bytes.size() < proxy_header_bytes_max ? ProxyHeader{}
                                                     : bad_header("v1 line too long");
    }
    if (bytes[line_feed - 1] != '\r') return bad_header("invalid v1 format");
    ProxyHeader out;
    out.kind = Kind::present;
    out.size = line_feed + 1;
    const auto words = words_of(bytes.substr(v1_start.size(), line_feed - 1 - v1_start.size()));
    if (words.empty()) return bad_header("invalid v1 format");
    if (words[0] == "UNKNOWN") return out;
    if (words.size() != 5) return bad_header("invalid v1 format");
    const auto source = canonical_ip(words[1]);
    if (!source || !canonical_ip(words[2])) return bad_header("invalid address");
    uint16_t port = 0;
    uint16_t own_port = 0;
    if (const auto why = read_port(words[3], port); !why.empty())
        return bad("invalid source port: " + why);
    if (const auto why = read_port(words[4], own_port); !why.empty())
        return bad("invalid dest port: " + why);
    const bool v6 = words[1].find(':') != std::string_view::npos;
    if (words[0] != "TCP4" && words[0] != "TCP6")
        return bad_header(fmt::format("invalid protocol {}", words[0]));
    if (words[0] == "TCP4" && v6) return bad_header("TCP4 with IPv6 address");
    if (words[0] == "TCP6" && !v6) return bad_header("TCP6 with IPv4 address");
    out.client = PeerAddress{*source, port};
    return out;
}

uint8_t byte_at(std::string_view bytes, size_t at) {
    return static_cast<uint8_t>(bytes[at]);
}

uint16_t big_endian(std::string_view bytes, size_t at) {
    return static_cast<uint16_t>(byte_at(bytes, at) << 8U | byte_at(bytes, at + 1));
}

ProxyHeader header_without_address(std::string_view bytes, size_t rest_size) {
    ProxyHeader out;
    out.kind = Kind::present;
    out.size = std::min(bytes.size(), v2_fixed_size + rest_size);
    out.ignored_size = v2_fixed_size + rest_size - out.size;
    return out;
}

// Parses the address of a complete header for a passed-on connection.
ProxyHeader parse_v2_address(std::string_view bytes, size_t rest_size) {
    const bool v6 = (byte_at(bytes, 13) & 0xf0U) == v2_inet6;
    const size_t address_size = v6 ? 16 : 4;
    ProxyHeader out;
    out.kind = Kind::present;
    out.client = PeerAddress{ip_text(bytes.substr(v2_fixed_size, address_size)),
                             big_endian(bytes, v2_fixed_size + 2 * address_size)};
    out.size = v2_fixed_size + (v6 ? v2_ipv6_size : v2_ipv4_size);
    const size_t ignored = v2_fixed_size + rest_size - out.size;
    const size_t there = std::min(ignored, bytes.size() - out.size);
    out.size += there;
    out.ignored_size = ignored - there;
    return out;
}

ProxyHeader parse_v2(std::string_view bytes) {
    if (bytes.size() < v2_fixed_size) return {};
    if (!bytes.starts_with(v2_signature)) return bad_header("invalid signature");
    const uint8_t version = byte_at(bytes, 12) & 0xf0U;
    const uint8_t command = byte_at(bytes, 12) & 0x0fU;
    const uint8_t family = byte_at(bytes, 13) & 0xf0U;
    const uint8_t transport = byte_at(bytes, 13) & 0x0fU;
    const size_t rest_size = big_endian(bytes, 14);
    if (version != v2_version) return bad_header(fmt::format("invalid version 0x{:02x}", version));
    if (command == v2_local) return header_without_address(bytes, rest_size);
    if (command != v2_proxied)
        return bad(fmt::format("unknown PROXY protocol command: 0x{:02x}", command));
    if (transport != v2_stream) return unsupported("only STREAM protocol supported");
    if (family == v2_unspecified) return header_without_address(bytes, rest_size);
    if (family != v2_inet && family != v2_inet6)
        return unsupported(fmt::format("unsupported address family 0x{:02x}", family));
    const size_t address_size = family == v2_inet6 ? v2_ipv6_size : v2_ipv4_size;
    if (rest_size < address_size) {
        return bad(fmt::format("IPv{} address data too short: {} bytes", family == v2_inet6 ? 6 : 4,
                               rest_size));
    }
    if (bytes.size() < v2_fixed_size + address_size) return {};
    return parse_v2_address(bytes, rest_size);
}

// Whether `bytes` begin with `start`, or are the beginning of it.
bool may_begin(std::string_view bytes, std::string_view start) {
    const size_t common = std::min(bytes.size(), start.size());
    return bytes.substr(0, common) == start.substr(0, common);
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view bytes) {
    const std::string_view v2_start = v2_signature.substr(0, v2_start_size);
    const bool v1 = may_begin(bytes, v1_start);
    if (!v1 && !may_begin(bytes, v2_start)) {
        ProxyHeader out;
        out.kind = Kind::absent;
        return out;
    }
    if (bytes.size() < v2_start_size) return {};
    return v1 ? parse_v1(bytes) : parse_v2(bytes);
}

std::string_view missing_part_of_proxy_header(std::string_view bytes) {
    if (bytes.size() < v2_start_size) return "protocol version";
    if (bytes.starts_with(v1_start)) return "v1 line";
    if (bytes.size() < v2_fixed_size) return "v2 header";
    return (byte_at(bytes, 13) & 0xf0U) == v2_inet6 ? "IPv6 address data" : "IPv4 address data";
}

}  // namespace midge
