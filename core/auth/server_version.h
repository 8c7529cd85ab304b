#pragma once
// The server version that an operator requires (docs/protocol/jwt.md, Operators).
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// Fails with Errc::invalid if the server is older than `asserted`, or if `asserted` is not a
// version. The text is the end of nats-server's message, after the operator's name. An empty
// `asserted` requires nothing.
[[nodiscard]] Result<> check_server_version(std::string_view asserted, std::string_view server);

}  // namespace midge
