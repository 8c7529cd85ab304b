#pragma once
#include <cstdint>

#include "base/result.h"

namespace midge {

// Raises the limit of open files and sockets of this process to `wanted`, or as far as the system
// permits. Returns the new limit. Fails if the system does not tell. Implemented in
// open_files_<system>.cpp.
[[nodiscard]] Result<uint64_t> raise_open_files(uint64_t wanted);

}  // namespace midge
