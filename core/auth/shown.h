#pragma once
// Foreign text in errors and logs.
#include <string>
#include <string_view>

namespace midge {

// What a token or a client says, for an error: quoted as by go_quote(), and cut after 80 bytes.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace midge
