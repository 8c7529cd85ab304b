#pragma once
// Addresses that a peer names in text.
#include <optional>
#include <string>
#include <string_view>

#include "net/socket.h"

namespace midge {

// A numeric address in its usual form: "1.2.3.4", "2001:db8::1"; an IPv4 address within IPv6 as
// IPv4. Nothing for what is none; octal or missing parts and zones are not taken.
[[nodiscard]] std::optional<std::string> canonical_ip(std::string_view text);
// Of 4 or 16 bytes in network order.
[[nodiscard]] std::string ip_text(std::string_view bytes);
// "127.0.0.1:4222", "[::1]:4222".
[[nodiscard]] std::string address_text(const PeerAddress& address);

}  // namespace midge
