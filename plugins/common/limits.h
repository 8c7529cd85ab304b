#pragma once
// Limits that the host and the plugins of this tree share.
#include <cstddef>

namespace midge {

// The largest JWT that is stored or accepted from a storage.
inline constexpr size_t jwt_bytes_max = 1024 * 1024;

}  // namespace midge
