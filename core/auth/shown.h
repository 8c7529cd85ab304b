#pragma once
// Formats untrusted text for errors and logs.
#include <string>
#include <string_view>

namespace midge {

// Returns text of a token or a client, quoted like go_quote() and cut after 80 bytes.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace midge
