#pragma once
// The JSON of CONNECT (docs/protocol/client-protocol.md, CONNECT).
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// The credentials in a CONNECT. They are secrets, which must not be logged.
struct ConnectCredentials {
    std::string user, pass, auth_token, jwt, nkey, sig, proxy_sig;

    [[nodiscard]] bool proves_nothing() const noexcept {
        return user.empty() && pass.empty() && auth_token.empty() && jwt.empty() && nkey.empty() &&
               sig.empty() && proxy_sig.empty();
    }
};

// Members that a CONNECT does not name keep these defaults, or the values of an earlier CONNECT.
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

// Reads the members of `json` into `options`; other members of `options` keep their values. Fails
// on text that is not JSON, and on members of another type, with the text of nats-server's log. The
// error names the member, and never contains the text of a string. Unknown members are ignored.
[[nodiscard]] Result<> read_connect(std::string_view json, ConnectOptions& options);

}  // namespace midge
