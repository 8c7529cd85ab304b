#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace midge {

// Returns the four or sixteen bytes, in network order, of a numeric address. An IPv4 address within
// IPv6 ("::ffff:10.1.2.3") gives four bytes. Returns no value for any other text, such as octal or
// missing parts, or zones.
[[nodiscard]] std::optional<std::vector<uint8_t>> parse_ip(std::string_view text);

}  // namespace midge
