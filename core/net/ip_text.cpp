#include "net/ip_text.h"

#include <Poco/Net/IPAddress.h>
#include <fmt/format.h>

#include "base/ip_address.h"

namespace midge {
namespace {

constexpr size_t ipv4_bytes = 4;

std::string ipv4_text(std::string_view bytes) {
    std::string out;
    for (const char byte : bytes)
        out += fmt::format("{}{}", out.empty() ? "" : ".", static_cast<uint8_t>(byte));
    return out;
}

}  // namespace

std::optional<std::string> canonical_ip(std::string_view text) {
    const auto bytes = parse_ip(text);
    if (!bytes) return std::nullopt;
    return ip_text({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
}

std::string ip_text(std::string_view bytes) {
    if (bytes.size() == ipv4_bytes) return ipv4_text(bytes);
    const Poco::Net::IPAddress address(bytes.data(), static_cast<poco_socklen_t>(bytes.size()));
    if (address.isIPv4Mapped()) return ipv4_text(bytes.substr(bytes.size() - ipv4_bytes));
    return address.toString();
}

std::string address_text(const PeerAddress& address) {
    const bool v6 = address.ip.find(':') != std::string::npos;
    return v6 ? fmt::format("[{}]:{}", address.ip, address.port)
              : fmt::format("{}:{}", address.ip, address.port);
}

}  // namespace midge
