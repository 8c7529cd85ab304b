#pragma once
// Networks that a user may connect from.
#include <string>
#include <string_view>
#include <vector>

namespace midge {

// Whether the text is a network in CIDR notation: "10.0.0.0/8", "fe80::/10".
[[nodiscard]] bool is_network(std::string_view text);
// Whether the numeric address is in one of the networks. False if one of the texts is invalid. An
// IPv4 address within IPv6 ("::ffff:10.1.2.3") counts as IPv4.
[[nodiscard]] bool is_in_networks(std::string_view address,
                                  const std::vector<std::string>& networks);
// Returns the block of addresses that a network provider gives to one customer: an IPv4 address
// itself, or the first 48 bits of an IPv6 address ("2001:db8:1::/48"). Returns other text
// unchanged.
[[nodiscard]] std::string site_of(std::string_view address);

}  // namespace midge
