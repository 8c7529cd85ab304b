#pragma once
#include <string>
#include <string_view>

namespace midge {

// The version of a JWT that host and resolver plugins compare (midge_resolver_host.version_of):
// SHA-256 in hexadecimal, which plugins need not know.
[[nodiscard]] std::string jwt_version(std::string_view jwt);

}  // namespace midge
