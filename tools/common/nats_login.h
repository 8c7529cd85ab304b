#pragma once
// Servers and logins for libnats in the forms that the Go client accepts: percent-encoded texts in
// URLs, credentials with any line ends. Not a part of the library: programs with libnats compile
// it.
#include <nats/nats.h>

#include <string>
#include <vector>

#include "base/result.h"

namespace midge::tools {

// Decodes logins in URLs ("nats://user:pass@host"). libnats accepts a decoded login only for all
// servers. Therefore all URLs must have the same login, or none may be percent-encoded, so that no
// password is sent to the wrong server.
[[nodiscard]] Result<> set_nats_servers(natsOptions* options, const std::vector<std::string>& urls);

// The files are read at each connect, so that renewed ones are used. Requires: `creds_file` and
// `nkey_file` outlive the connection. Fails if the file is not valid now.
[[nodiscard]] Result<> set_nats_credentials(natsOptions* options, const std::string& creds_file);
[[nodiscard]] Result<> set_nats_nkey(natsOptions* options, const std::string& nkey_file);

}  // namespace midge::tools
