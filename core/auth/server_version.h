#pragma once
// The version of the server that an operator asks for (spec jwt-nkeys.md 2.1).
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// Fails with Errc::invalid if the server is older than `asserted`, or that is no version; the text
// is what follows the operator's name in nats-server's message. Empty: nothing is asked for.
[[nodiscard]] Result<> check_server_version(std::string_view asserted, std::string_view server);

}  // namespace midge
