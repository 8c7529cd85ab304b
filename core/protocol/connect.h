#pragma once
// The JSON of CONNECT (spec client-protocol.md 3).
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// Missing members keep these defaults. Holds secrets (pass, auth_token, jwt, sig): never log it
// whole, wipe it after login.
struct ConnectOptions {
    bool verbose = true;
    bool pedantic = true;
    bool echo = true;
    bool tls_required = false;
    bool headers = false;
    bool no_responders = false;
    int64_t protocol = 0;
    std::string name, lang, version;
    std::string user, pass, auth_token, jwt, nkey, sig, proxy_sig;
    std::string account;
    bool new_account = false;
};

// Fails on bad JSON and on members of another type; the error names the member, never its value.
// Unknown ones are ignored.
[[nodiscard]] Result<ConnectOptions> parse_connect(std::string_view json);

}  // namespace midge
