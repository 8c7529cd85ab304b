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
    return std::fopen(path.c_str(), mode);
}

}  // namespace midge
