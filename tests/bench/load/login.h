#pragma once
// The CONNECT line that logs a client in.
#include <string>
#include <string_view>

#include "flags.h"

namespace midge::load {

// Immutable once made; any thread.
class Login {
  public:
    // From --user and --password or --creds; none: no login. Throws Failure on a bad credentials
    // file.
    [[nodiscard]] static Login from(Flags& flags);

    // "CONNECT {...}\r\n". `info` is the server's INFO line: a login by credentials signs its
    // nonce.
    [[nodiscard]] std::string connect_line(std::string_view info) const;

  private:
    std::string fields_;      // JSON members, each after a comma
    std::string secret_key_;  // Ed25519; empty: nothing to sign
};

}  // namespace midge::load
