#pragma once
#include <cstdint>

#include "base/result.h"

namespace midge {

// Lets this process have `wanted` files and sockets open at a time, or as many as the system
// permits; gives how many that is. Fails when the system does not tell.
// open_files_<system>.cpp
[[nodiscard]] Result<uint64_t> raise_open_files(uint64_t wanted);

}  // namespace midge
