#pragma once
// The CONNECT line that logs a client in.
#include <string>
#include <string_view>

#include "flags.h"

namespace midge::load {

// Immutable after it is made; usable from any thread.
class Login {
  public:
    // Reads --user and --password, or --creds; none: no login. Throws Failure if the credentials
    // file is invalid.
    [[nodiscard]] static Login from(Flags& flags);

    // Returns "CONNECT {...}\r\n". `info` is the server's INFO line, whose nonce a login with
    // credentials signs.
    [[nodiscard]] std::string connect_line(std::string_view info) const;

  private:
    std::string fields_;      // JSON members, each after a comma
    std::string secret_key_;  // Ed25519; empty: the login signs nothing
};

}  // namespace midge::load
