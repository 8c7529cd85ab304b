#pragma once
// Networks that a user may connect from.
#include <string>
#include <string_view>
#include <vector>

namespace midge {

// Whether the text is a network in CIDR notation: "10.0.0.0/8", "fe80::/10".
[[nodiscard]] bool is_network(std::string_view text);
// Whether the numeric address is within one of the networks. False for what cannot be read. An IPv4
// address within IPv6 ("::ffff:10.1.2.3") counts as IPv4.
[[nodiscard]] bool is_in_networks(std::string_view address,
                                  const std::vector<std::string>& networks);
// What one customer of a network provider may have: an IPv4 address itself, of an IPv6 address the
// first 48 bits as "2001:db8:1::/48". Text that is no address is given back as it is.
[[nodiscard]] std::string site_of(std::string_view address);

}  // namespace midge
