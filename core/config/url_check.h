#pragma once
#include <string_view>

namespace midge {

// Whether nats-server accepts the text as a URL, because Go's net/url can parse it. Go accepts more
// than RFC 3986 ("//host", "name:" and bytes beyond ASCII). It refuses a port that is not a number,
// a percent sign without two hexadecimal digits, and control characters.
[[nodiscard]] bool is_go_url(std::string_view text);

}  // namespace midge
