#include <io.h>

#include "common/file_sync.h"

namespace midge::tools {

bool sync_file(std::FILE* file) noexcept {
    return _commit(_fileno(file)) == 0;
}

// Windows journals renames itself and cannot flush a folder.
void sync_folder(const std::filesystem::path&) noexcept {}

}  // namespace midge::tools
