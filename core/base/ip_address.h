#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace midge {

// The four or sixteen bytes, in network order, of a numeric address; an IPv4 address within IPv6
// ("::ffff:10.1.2.3") gives four. Nothing for other text: no octal or missing parts, no zones.
[[nodiscard]] std::optional<std::vector<uint8_t>> parse_ip(std::string_view text);

}  // namespace midge
