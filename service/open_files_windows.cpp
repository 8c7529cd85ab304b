#include "open_files.h"

namespace midge {

// Only memory limits the number of sockets.
Result<uint64_t> raise_open_files(uint64_t wanted) {
    return wanted;
}

}  // namespace midge
