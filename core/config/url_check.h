#pragma once
#include <string_view>

namespace midge {

// Whether nats-server takes the text for a URL: what Go's net/url parses, which is more than RFC
// 3986 allows ("//host", "name:" and bytes beyond ASCII), and less where a port is no number, a
// percent sign stands without two hexadecimal digits, or a control character is in it.
[[nodiscard]] bool is_go_url(std::string_view text);

}  // namespace midge
