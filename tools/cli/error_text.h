#pragma once
// Statuses and -ERR texts of the server in the words of the Go client.
#include <nats/nats.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace midge::cli {

// `detail` is the text that came with the status (a server's -ERR, an OpenSSL reason); may be
// empty.
[[nodiscard]] std::string status_text(natsStatus status, std::string_view detail = {});

// The text of a server's -ERR.
[[nodiscard]] std::string server_error_text(std::string_view error);

// What libnats remembers of the calling thread's last failed call.
[[nodiscard]] std::string call_detail();

[[nodiscard]] Error status_error(natsStatus status, std::string_view detail = {});

}  // namespace midge::cli
