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
    // For files that the loader refuses, the loader has the better error text.
    constexpr unsigned char own_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_ident[EI_CLASS] != own_class || header.e_phentsize != sizeof(ElfW(Phdr)))
        return {};
    in.seekg(static_cast<std::streamoff>(header.e_phoff));
    for (int i = 0; i < header.e_phnum; ++i) {
        ElfW(Phdr) segment{};
        const bool there =
            static_cast<bool>(in.read(reinterpret_cast<char*>(&segment), sizeof segment));
        const bool is_loaded = segment.p_type == PT_LOAD && segment.p_filesz > 0;
        if (!there ||
            (is_loaded && (segment.p_offset > size || segment.p_filesz > size - segment.p_offset)))
            return fail(Errc::invalid, "the file is cut off");
    }
    return {};
}

}  // namespace midge
