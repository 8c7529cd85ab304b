#pragma once
// Message headers: "NATS/1.0", then "Name: value" lines, then an empty line
// (docs/protocol/client-protocol.md, Headers).
#include <functional>
#include <string>
#include <string_view>

namespace midge {

inline constexpr std::string_view header_version = "NATS/1.0";

// Returns `block` (empty: no headers yet) with exactly one header `name`, as the last one. The
// comparison of names is case-sensitive.
[[nodiscard]] std::string with_header(std::string_view block, std::string_view name,
                                      std::string_view value);

// Calls `line` with the name and the value of each header, without blanks around the value.
void each_header(std::string_view block,
                 const std::function<void(std::string_view name, std::string_view value)>& line);
// Returns the value of the first header `name` (case-sensitive), or an empty text if there is none.
[[nodiscard]] std::string first_header(std::string_view block, std::string_view name);
// "x-b3-traceid" -> "X-B3-Traceid", as in Go's textproto.
[[nodiscard]] std::string canonical_header(std::string_view name);

}  // namespace midge
