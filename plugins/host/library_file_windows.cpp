#include "host/library_file.h"

namespace midge {

// The loader of Windows checks this.
Result<> check_library_file(const std::filesystem::path& /*file*/) {
    return {};
}

}  // namespace midge
