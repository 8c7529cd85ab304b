#pragma once
// Where the certificates of tests are; make-certificates.sh says what is in them.
#include <string>
#include <string_view>

namespace midge::test {

// "bob.pem", "bob.key" and "bob.pin" are a client's, "server.pem" a server's, "ca.pem" who signed
// both.
[[nodiscard]] std::string certificate_path(std::string_view name);

}  // namespace midge::test
