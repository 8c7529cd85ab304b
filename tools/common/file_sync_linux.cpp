#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/file_sync.h"

namespace midge::tools {

std::FILE* create_private_file(const std::filesystem::path& path) noexcept {
    const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return nullptr;
    std::FILE* const file = fdopen(descriptor, "wb");
    if (file == nullptr) close(descriptor);
    return file;
}

bool create_private_folder(const std::filesystem::path& path, std::error_code& error) noexcept {
    error.clear();
    if (mkdir(path.c_str(), 0700) == 0) return true;
    const int code = errno;
    std::error_code ignored;
    if (code != EEXIST || !std::filesystem::is_directory(path, ignored))
        error = std::error_code(code, std::generic_category());
    return false;
}

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
