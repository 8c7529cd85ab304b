#pragma once
#include <string>
#include <string_view>

namespace midge {

// Returns the version of a JWT that the host and resolver plugins compare
// (midge_resolver_host.version_of). It is SHA-256 in hexadecimal, which plugins need not know.
[[nodiscard]] std::string jwt_version(std::string_view jwt);

}  // namespace midge
