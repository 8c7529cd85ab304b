#include "auth/source_network.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/ip_address.h"

namespace midge {
namespace {

constexpr unsigned bits_per_byte = 8;
constexpr size_t ipv4_bytes = 4;
using Address = std::vector<uint8_t>;

std::optional<unsigned> parse_bits(std::string_view text, size_t max) {
    unsigned value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    const bool leading_zero = text.size() > 1 && text.front() == '0';
    if (error != std::errc() || stop != end || leading_zero || value > max) return std::nullopt;
    return value;
}

struct Network {
    Address address;
    unsigned prefix_bits;
};

std::optional<Network> parse_network(std::string_view text) {
    const size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    auto address = parse_ip(text.substr(0, slash));
    if (!address) return std::nullopt;
    const auto bits = parse_bits(text.substr(slash + 1), address->size() * bits_per_byte);
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
    const auto parsed = parse_ip(address.substr(0, address.find('%')));
    if (!parsed) return false;
    return std::any_of(networks.begin(), networks.end(), [&](const std::string& text) {
        const auto network = parse_network(text);
        return network && contains(*network, *parsed);
    });
}

std::string site_of(std::string_view address) {
    const auto parsed = parse_ip(address.substr(0, address.find('%')));
    if (!parsed) return std::string(address);
    if (parsed->size() == ipv4_bytes) return fmt::format("{}", fmt::join(*parsed, "."));
    const Address& bytes = *parsed;
    const auto group = [&](size_t i) { return bytes[2 * i] << bits_per_byte | bytes[(2 * i) + 1]; };
    return fmt::format("{:x}:{:x}:{:x}::/48", group(0), group(1), group(2));
}

}  // namespace midge
