#pragma once
// Servers and logins for libnats, as its Go sister takes them: percent-encoded texts in URLs,
// credentials with any line ends. Not part of the library: programs with libnats compile it.
#include <nats/nats.h>

#include <string>
#include <vector>

#include "base/result.h"

namespace midge::tools {

// A login in the URLs ("nats://user:pass@host") is decoded. All URLs must have the same login, or
// none is encoded: libnats takes a decoded one for all servers only, and nobody's password goes to
// a server that was not meant.
[[nodiscard]] Result<> set_nats_servers(natsOptions* options, const std::vector<std::string>& urls);

// The files are read anew at each connect, so that a renewed one counts. `creds_file` and
// `nkey_file` must outlive the connection that is made of the options. Fails with the reason if the
// file is no such file now.
[[nodiscard]] Result<> set_nats_credentials(natsOptions* options, const std::string& creds_file);
[[nodiscard]] Result<> set_nats_nkey(natsOptions* options, const std::string& nkey_file);

}  // namespace midge::tools
