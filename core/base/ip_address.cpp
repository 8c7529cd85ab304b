#include "base/ip_address.h"

#include <Poco/Net/IPAddress.h>

#include <charconv>
#include <string>

#include "base/text.h"

namespace midge {
namespace {

constexpr size_t address_chars_max = 64;
constexpr size_t ipv4_bytes = 4;
constexpr size_t ipv6_bytes = 16;
using Address = std::vector<uint8_t>;

// Own code, because the system's functions also accept "10.1" and octal numbers.
std::optional<Address> parse_ipv4(std::string_view text) {
    const auto parts = split(text, '.');
    if (parts.size() != ipv4_bytes) return std::nullopt;
    Address out;
    for (const auto part : parts) {
        uint8_t byte = 0;
        const char* const end = part.data() + part.size();
        const auto [stop, error] = std::from_chars(part.data(), end, byte);
        const bool leading_zero = part.size() > 1 && part.front() == '0';
        if (error != std::errc() || stop != end || leading_zero) return std::nullopt;
        out.push_back(byte);
    }
    return out;
}

// Poco returns zero both for the address zero, in any spelling, and for an error. Appending a one
// makes such an address readable for Poco.
bool is_zero(std::string_view text) {
    if (text.find_first_not_of("0:.") != std::string_view::npos) return false;
    std::string one(text);
    if (one.ends_with("::")) {
        one += '1';
    } else {
        if (one.back() != '0') return false;
        one.back() = '1';
    }
    Poco::Net::IPAddress parsed;
    return Poco::Net::IPAddress::tryParse(one, parsed);
}

}  // namespace

std::optional<Address> parse_ip(std::string_view text) {
    if (text.size() > address_chars_max) return std::nullopt;
    if (text.find(':') == std::string_view::npos) return parse_ipv4(text);
    if (text.find('%') != std::string_view::npos) return std::nullopt;
    Poco::Net::IPAddress parsed;
    if (!Poco::Net::IPAddress::tryParse(std::string(text), parsed)) {
        if (is_zero(text)) return Address(ipv6_bytes, 0);
        return std::nullopt;
    }
    const auto* const bytes = static_cast<const uint8_t*>(parsed.addr());
    Address out(bytes, bytes + parsed.length());
    if (parsed.isIPv4Mapped()) out.erase(out.begin(), out.end() - ipv4_bytes);
    return out;
}

}  // namespace midge
