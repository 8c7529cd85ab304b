#include <io.h>

#include "base/program.h"
#include "common/file_sync.h"

namespace midge::tools {

// Access rights are inherited, and users' folders are private.
std::FILE* create_private_file(const std::filesystem::path& path) noexcept {
    return open_c_file(path, "wbx");
}

bool create_private_folder(const std::filesystem::path& path, std::error_code& error) noexcept {
    return std::filesystem::create_directory(path, error);
}

bool sync_file(std::FILE* file) noexcept {
    return _commit(_fileno(file)) == 0;
}

// Windows keeps a journal of renames and cannot flush a folder.
void sync_folder(const std::filesystem::path&) noexcept {}

}  // namespace midge::tools
