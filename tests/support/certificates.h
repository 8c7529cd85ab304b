#pragma once
// Paths of the tests' certificates; make-certificates.sh describes them.
#include <string>
#include <string_view>

namespace midge::test {

// "bob.pem", "bob.key" and "bob.pin" are of a client, "server.pem" is of a server, and "ca.pem" is
// the authority that signed both.
[[nodiscard]] std::string certificate_path(std::string_view name);

}  // namespace midge::test
