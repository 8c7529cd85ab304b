#pragma once
// Texts for statuses of libnats and -ERR texts of the server, as in the Go client.
#include <nats/nats.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace midge::cli {

// `detail` is the text that came with the status (a server's -ERR, an OpenSSL error); it may be
// empty.
[[nodiscard]] std::string status_text(natsStatus status, std::string_view detail = {});

// Returns the text for an -ERR of a server.
[[nodiscard]] std::string server_error_text(std::string_view error);

// Returns libnats' text about the last failed call of this thread.
[[nodiscard]] std::string call_detail();

[[nodiscard]] Error status_error(natsStatus status, std::string_view detail = {});

}  // namespace midge::cli
