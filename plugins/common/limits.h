#pragma once
// Limits that the host and the plugins of this tree agree on.
#include <cstddef>

namespace midge {

// The largest JWT that is stored, or taken from a storage.
inline constexpr size_t jwt_bytes_max = 1024 * 1024;

}  // namespace midge
