// clang-format off: <windows.h> comes first
#include <windows.h>
// clang-format on
#include <fmt/format.h>
#include <io.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "base/file.h"
#include "base/program.h"
#include "base/text.h"

namespace midge {
namespace {

tl::unexpected<Error> file_error(const char* call, const std::string& path, int code) {
    const Errc errc = code == ENOENT ? Errc::not_found : Errc::failed;
    return fail(errc, fmt::format("{} {}: {}", call, path,
                                  to_lower_ascii(std::generic_category().message(code))));
}

bool is_on_disk(std::FILE* file) noexcept {
    const auto handle = reinterpret_cast<HANDLE>(_get_osfhandle(_fileno(file)));
    return ::GetFileType(handle) == FILE_TYPE_DISK;
}

}  // namespace

Result<std::string> read_text_file(const std::string& path, FileLimits limits) {
    const std::filesystem::path name(path);
    std::error_code ignored;
    if (std::filesystem::is_directory(name, ignored)) return file_error("read", path, EISDIR);
    const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(open_c_file(name, "rb"),
                                                                  &std::fclose);
    if (!file) return file_error("open", path, errno);
    if (!is_on_disk(file.get()))
        return fail(Errc::invalid, fmt::format("read {}: not a regular file", path));
    std::string text;
    std::array<char, 64 * 1024> piece;
    while (const size_t got = std::fread(piece.data(), 1, piece.size(), file.get())) {
        text.append(piece.data(), got);
        if (text.size() > limits.bytes_max) {
            return fail(Errc::invalid, fmt::format("read {}: the file is larger than {} bytes",
                                                   path, limits.bytes_max));
        }
    }
    if (std::ferror(file.get()) != 0) return file_error("read", path, EIO);
    return text;
}

}  // namespace midge
