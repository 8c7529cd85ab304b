#include "open_files.h"

namespace midge {

// Sockets are bounded by memory alone.
Result<uint64_t> raise_open_files(uint64_t wanted) {
    return wanted;
}

}  // namespace midge
