#pragma once
// The JSON of CONNECT (spec client-protocol.md 3).
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// What a client proves with who it is: secrets, which no log shows.
struct ConnectCredentials {
    std::string user, pass, auth_token, jwt, nkey, sig, proxy_sig;

    [[nodiscard]] bool proves_nothing() const noexcept {
        return user.empty() && pass.empty() && auth_token.empty() && jwt.empty() && nkey.empty() &&
               sig.empty() && proxy_sig.empty();
    }
};

// What is not named keeps these defaults, or what an earlier CONNECT said.
struct ConnectOptions : ConnectCredentials {
    bool verbose = true;
    bool pedantic = true;
    bool echo = true;
    bool tls_required = false;
    bool headers = false;
    bool no_responders = false;
    int64_t protocol = 0;
    std::string name, lang, version;
    std::string account;
    bool new_account = false;
};

// Reads the members of `json` over what `options` holds: what it does not name stays. Fails on what
// is not JSON, and on members of another type, in the words of nats-server's log; the error names
// the member, never the text of a string. Unknown members are ignored.
[[nodiscard]] Result<> read_connect(std::string_view json, ConnectOptions& options);

}  // namespace midge
