#include "auth/source_network.h"

#include <Poco/Net/IPAddress.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/text.h"

namespace midge {
namespace {

constexpr size_t address_chars_max = 64;
constexpr unsigned bits_per_byte = 8;
constexpr size_t ipv4_bytes = 4;

template <class Number>
std::optional<Number> parse_decimal(std::string_view text, Number max) {
    Number value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    const bool leading_zero = text.size() > 1 && text.front() == '0';
    if (error != std::errc() || stop != end || leading_zero || value > max) return std::nullopt;
    return value;
}

// Four or sixteen bytes in network order.
using Address = std::vector<uint8_t>;

// By hand, because the system's functions also take "10.1" and octal numbers.
std::optional<Address> parse_ipv4(std::string_view text) {
    const auto parts = split(text, '.');
    if (parts.size() != ipv4_bytes) return std::nullopt;
    Address out;
    for (const auto part : parts) {
        const auto byte = parse_decimal<unsigned>(part, 255);
        if (!byte) return std::nullopt;
        out.push_back(static_cast<uint8_t>(*byte));
    }
    return out;
}

std::optional<Address> parse_address(std::string_view text) {
    if (text.size() > address_chars_max) return std::nullopt;
    if (text.find(':') == std::string_view::npos) return parse_ipv4(text);
    // Poco takes this one for a failure to parse.
    constexpr size_t ipv6_bytes = 16;
    if (text == "::") return Address(ipv6_bytes, 0);
    Poco::Net::IPAddress parsed;
    if (text.find('%') != std::string_view::npos ||
        !Poco::Net::IPAddress::tryParse(std::string(text), parsed)) {
        return std::nullopt;
    }
    const auto* const bytes = static_cast<const uint8_t*>(parsed.addr());
    Address out(bytes, bytes + parsed.length());
    if (parsed.isIPv4Mapped()) out.erase(out.begin(), out.begin() + 12);
    return out;
}

struct Network {
    Address address;
    unsigned prefix_bits;
};

std::optional<Network> parse_network(std::string_view text) {
    const size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    auto address = parse_address(text.substr(0, slash));
    if (!address) return std::nullopt;
    const auto bits = parse_decimal<unsigned>(
        text.substr(slash + 1), static_cast<unsigned>(address->size()) * bits_per_byte);
    if (!bits) return std::nullopt;
    return Network{std::move(*address), *bits};
}

bool contains(const Network& network, const Address& address) {
    if (network.address.size() != address.size()) return false;
    unsigned bits = network.prefix_bits;
    for (size_t i = 0; bits > 0; ++i) {
        const unsigned here = std::min(bits, bits_per_byte);
        const auto mask = static_cast<uint8_t>(0xFF << (bits_per_byte - here));
        if (((network.address[i] ^ address[i]) & mask) != 0) return false;
        bits -= here;
    }
    return true;
}

}  // namespace

bool is_network(std::string_view text) {
    return parse_network(text).has_value();
}

bool is_in_networks(std::string_view address, const std::vector<std::string>& networks) {
    const auto parsed = parse_address(address.substr(0, address.find('%')));
    if (!parsed) return false;
    return std::any_of(networks.begin(), networks.end(), [&](const std::string& text) {
        const auto network = parse_network(text);
        return network && contains(*network, *parsed);
    });
}

std::string site_of(std::string_view address) {
    const auto parsed = parse_address(address.substr(0, address.find('%')));
    if (!parsed) return std::string(address);
    if (parsed->size() == ipv4_bytes) return fmt::format("{}", fmt::join(*parsed, "."));
    const Address& bytes = *parsed;
    const auto group = [&](size_t i) { return bytes[2 * i] << bits_per_byte | bytes[(2 * i) + 1]; };
    return fmt::format("{:x}:{:x}:{:x}:{:x}::/64", group(0), group(1), group(2), group(3));
}

}  // namespace midge
