#pragma once
// Message headers: "NATS/1.0", then "Name: value" lines, then an empty line (spec
// client-protocol.md 6).
#include <functional>
#include <string>
#include <string_view>

namespace midge {

inline constexpr std::string_view header_version = "NATS/1.0";

// `block` (empty: no header yet) with the header `name` in it once, after all others. The name is
// compared case by case.
[[nodiscard]] std::string with_header(std::string_view block, std::string_view name,
                                      std::string_view value);

// Calls `line` with name and value of each header, blanks around the value cut.
void each_header(std::string_view block,
                 const std::function<void(std::string_view name, std::string_view value)>& line);
// Value of the first header `name`, compared case by case; empty: there is none.
[[nodiscard]] std::string first_header(std::string_view block, std::string_view name);
// "x-b3-traceid" -> "X-B3-Traceid", as Go's textproto has it.
[[nodiscard]] std::string canonical_header(std::string_view name);

}  // namespace midge
