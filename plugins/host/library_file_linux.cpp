#include <elf.h>
#include <link.h>

#include <cstring>
#include <fstream>

#include "host/library_file.h"

namespace midge {

Result<> check_library_file(const std::filesystem::path& file) {
    std::error_code failure;
    const uint64_t size = std::filesystem::file_size(file, failure);
    std::ifstream in(file, std::ios::binary);
    ElfW(Ehdr) header{};
    if (failure || !in.read(reinterpret_cast<char*>(&header), sizeof header)) return {};
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return {};
    in.seekg(static_cast<std::streamoff>(header.e_phoff));
    for (int i = 0; i < header.e_phnum; ++i) {
        ElfW(Phdr) segment{};
        if (!in.read(reinterpret_cast<char*>(&segment), sizeof segment) ||
            segment.p_offset > size || segment.p_filesz > size - segment.p_offset)
            return fail(Errc::invalid, "the file is cut off");
    }
    return {};
}

}  // namespace midge
