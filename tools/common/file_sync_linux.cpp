#include <fcntl.h>
#include <unistd.h>

#include "common/file_sync.h"

namespace midge::tools {

bool sync_file(std::FILE* file) noexcept {
    return fsync(fileno(file)) == 0;
}

void sync_folder(const std::filesystem::path& folder) noexcept {
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    fsync(descriptor);
    close(descriptor);
}

}  // namespace midge::tools
