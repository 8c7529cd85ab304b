#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "base/program.h"

namespace midge {

std::string program_name(const std::filesystem::path& called) {
    return called.filename().string();
}

std::filesystem::path program_file() {
    std::error_code failure;
    return std::filesystem::read_symlink("/proc/self/exe", failure);
}

std::vector<std::string> program_arguments(int argc, char** argv) {
    return {argv, argv + argc};
}

std::FILE* open_c_file(const std::filesystem::path& path, const char* mode) noexcept {
    const std::string_view wanted(mode);
    if (wanted.starts_with('r')) return std::fopen(path.c_str(), mode);
    // Without O_NONBLOCK, opening a pipe for writing would wait for a reader. Later writes to the
    // pipe wait as usual.
    const int placement = wanted.starts_with('a') ? O_APPEND
                          : wanted.ends_with('x') ? O_EXCL
                                                  : O_TRUNC;
    const int descriptor =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | placement, 0666);
    if (descriptor < 0) return nullptr;
    const int flags = ::fcntl(descriptor, F_GETFL);
    std::FILE* const file = flags >= 0 && ::fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0
                                ? ::fdopen(descriptor, wanted.starts_with('a') ? "ab" : "wb")
                                : nullptr;
    if (file == nullptr) {
        const int code = errno;
        ::close(descriptor);
        errno = code;
    }
    return file;
}

}  // namespace midge
