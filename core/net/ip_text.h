#pragma once
// Texts of IP addresses.
#include <optional>
#include <string>
#include <string_view>

#include "net/socket.h"

namespace midge {

// Returns a numeric address in its usual form: "1.2.3.4", "2001:db8::1"; an IPv4 address within
// IPv6 as IPv4. Returns no value for other text, such as octal or missing parts, or zones.
[[nodiscard]] std::optional<std::string> canonical_ip(std::string_view text);
// Returns the text of an address of 4 or 16 bytes in network order.
[[nodiscard]] std::string ip_text(std::string_view bytes);
// "127.0.0.1:4222", "[::1]:4222".
[[nodiscard]] std::string address_text(const PeerAddress& address);

}  // namespace midge
