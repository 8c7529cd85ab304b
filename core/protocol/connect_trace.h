#pragma once
// CONNECT as a log may show it.
#include <string>
#include <string_view>

namespace midge {

// The JSON of a CONNECT with "[REDACTED]" for the values of pass, password, auth_token, jwt, nkey,
// sig and proxy_sig, whatever the case of their names, and for what follows a name that is written
// with escapes or letters beyond ASCII. From text that is no JSON on, nothing after such a name is
// shown.
[[nodiscard]] std::string redacted_connect(std::string_view json);

}  // namespace midge
