#include <fmt/format.h>
#include <windows.h>

#include <array>

#include "base/windows_text.h"

namespace midge {

std::wstring to_wide(std::string_view utf8) {
    const int bytes = static_cast<int>(utf8.size());
    const int size = MultiByteToWideChar(CP_UTF8, 0, utf8.data(), bytes, nullptr, 0);
    std::wstring wide(static_cast<size_t>(size), L'\0');
    MultiByteToWideChar(CP_UTF8, 0, utf8.data(), bytes, wide.data(), size);
    return wide;
}

std::string to_utf8(std::wstring_view wide) {
    const int units = static_cast<int>(wide.size());
    const int size =
        WideCharToMultiByte(CP_UTF8, 0, wide.data(), units, nullptr, 0, nullptr, nullptr);
    std::string utf8(static_cast<size_t>(size), '\0');
    WideCharToMultiByte(CP_UTF8, 0, wide.data(), units, utf8.data(), size, nullptr, nullptr);
    return utf8;
}

std::string windows_error_text(uint32_t error) {
    std::array<wchar_t, 512> buffer{};
    constexpr DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
    DWORD size = 0;
    for (const DWORD language : {DWORD{MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US)}, DWORD{0}}) {
        size =
            FormatMessageW(flags, nullptr, error, language, buffer.data(), buffer.size(), nullptr);
        if (size != 0) break;
    }
    std::wstring_view text(buffer.data(), size);
    while (!text.empty() && text.back() <= L' ') text.remove_suffix(1);
    return text.empty() ? fmt::format("Windows error {}", error) : to_utf8(text);
}

tl::unexpected<Error> windows_error(std::string_view what, uint32_t error) {
    const Errc code = error == ERROR_ACCESS_DENIED ? Errc::denied : Errc::failed;
    return fail(code, fmt::format("{}: {}", what, windows_error_text(error)));
}

}  // namespace midge
