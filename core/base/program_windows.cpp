#include <fcntl.h>
#include <io.h>
// <shellapi.h> needs <windows.h> before it.
// clang-format off
#include <windows.h>
#include <shellapi.h>
// clang-format on

#include <cerrno>
#include <memory>
#include <string_view>

#include "base/program.h"
#include "base/time_zone.h"
#include "base/windows_text.h"

namespace midge {
namespace {

int errno_of(DWORD error) noexcept {
    switch (error) {
        case ERROR_FILE_NOT_FOUND:
        case ERROR_PATH_NOT_FOUND:
        case ERROR_INVALID_NAME:
            return ENOENT;
        case ERROR_FILE_EXISTS:
            return EEXIST;
        case ERROR_ACCESS_DENIED:
        case ERROR_SHARING_VIOLATION:
            return EACCES;
        default:
            return EIO;
    }
}

}  // namespace

std::string program_name(const std::filesystem::path& called) {
    return called.stem().string();
}

std::filesystem::path program_file() {
    constexpr DWORD path_units_max = 32768;
    std::wstring path(path_units_max, L'\0');
    path.resize(::GetModuleFileNameW(nullptr, path.data(), path_units_max));
    return path;
}

std::vector<std::string> program_arguments(int /*argc*/, char** /*argv*/) {
    // Makes the output the same bytes as on other systems, so that scripts can compare it.
    for (std::FILE* stream : {stdin, stdout, stderr}) _setmode(_fileno(stream), _O_BINARY);
    SetConsoleOutputCP(CP_UTF8);
    prepare_time_zones(program_file());
    // The arguments of main() are in the system's code page, which may lack their characters.
    int count = 0;
    const std::unique_ptr<wchar_t*, decltype(&LocalFree)> words(
        CommandLineToArgvW(GetCommandLineW(), &count), &LocalFree);
    std::vector<std::string> arguments;
    for (int i = 0; i < count; ++i) arguments.push_back(to_utf8(words.get()[i]));
    return arguments;
}

std::FILE* open_c_file(const std::filesystem::path& path, const char* mode) noexcept {
    // _wfopen() is not used: its files cannot be renamed while they are open, so that logs could
    // not be rotated.
    const std::string_view wanted(mode);
    const bool append = wanted.starts_with('a');
    const bool write = append || wanted.starts_with('w');
    const DWORD access = append  ? FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE
                         : write ? GENERIC_WRITE
                                 : GENERIC_READ;
    const DWORD creation = !write                  ? OPEN_EXISTING
                           : wanted.ends_with('x') ? CREATE_NEW
                           : append                ? OPEN_ALWAYS
                                                   : CREATE_ALWAYS;
    const HANDLE handle =
        ::CreateFileW(path.c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                      nullptr, creation, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (handle == INVALID_HANDLE_VALUE) {
        errno = errno_of(::GetLastError());
        return nullptr;
    }
    const int flags = _O_BINARY | (append ? _O_APPEND : 0) | (write ? _O_WRONLY : _O_RDONLY);
    const int descriptor = _open_osfhandle(reinterpret_cast<intptr_t>(handle), flags);
    if (descriptor < 0) {
        ::CloseHandle(handle);
        return nullptr;
    }
    std::FILE* const file = _fdopen(descriptor, append ? "ab" : write ? "wb" : "rb");
    if (file == nullptr) _close(descriptor);
    return file;
}

}  // namespace midge
