#pragma once
// The form of a CONNECT that may be logged.
#include <string>
#include <string_view>

namespace midge {

// Returns the JSON of a CONNECT with "[REDACTED]" in place of the values of pass, password,
// auth_token, jwt, nkey, sig and proxy_sig, in any case, and of members whose names contain escapes
// or characters beyond ASCII. If the text is not valid JSON, nothing after such a name is shown.
[[nodiscard]] std::string redacted_connect(std::string_view json);

}  // namespace midge
