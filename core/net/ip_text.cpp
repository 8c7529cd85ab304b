#include "net/ip_text.h"

#include <Poco/Net/IPAddress.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace midge {
namespace {

constexpr size_t address_chars_max = 64;
constexpr size_t ipv4_bytes = 4;

// By hand, because the system's functions also take "10.1" and octal numbers.
std::optional<std::string> canonical_ipv4(std::string_view text) {
    const auto parts = split(text, '.');
    if (parts.size() != ipv4_bytes) return std::nullopt;
    for (const std::string_view part : parts) {
        uint8_t byte = 0;
        const char* const end = part.data() + part.size();
        const auto [stop, error] = std::from_chars(part.data(), end, byte);
        const bool leading_zero = part.size() > 1 && part.front() == '0';
        if (error != std::errc() || stop != end || leading_zero) return std::nullopt;
    }
    return std::string(text);
}

std::string usual_text(const Poco::Net::IPAddress& address) {
    if (!address.isIPv4Mapped()) return address.toString();
    const auto* const bytes = static_cast<const char*>(address.addr());
    return ip_text({bytes + address.length() - ipv4_bytes, ipv4_bytes});
}

}  // namespace

std::optional<std::string> canonical_ip(std::string_view text) {
    if (text.size() > address_chars_max) return std::nullopt;
    if (text.find(':') == std::string_view::npos) return canonical_ipv4(text);
    if (text == "::") return std::string(text);  // Poco takes it for a failure to parse
    Poco::Net::IPAddress parsed;
    if (text.find('%') != std::string_view::npos ||
        !Poco::Net::IPAddress::tryParse(std::string(text), parsed)) {
        return std::nullopt;
    }
    return usual_text(parsed);
}

std::string ip_text(std::string_view bytes) {
    if (bytes.size() != ipv4_bytes) {
        return usual_text(
            Poco::Net::IPAddress(bytes.data(), static_cast<poco_socklen_t>(bytes.size())));
    }
    std::string out;
    for (const char byte : bytes)
        out += fmt::format("{}{}", out.empty() ? "" : ".", static_cast<uint8_t>(byte));
    return out;
}

}  // namespace midge
