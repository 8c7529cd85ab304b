#pragma once
// Texts of the Windows API; for *_windows.cpp files only.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// Windows uses UTF-16, Midge UTF-8. Invalid text becomes U+FFFD.
[[nodiscard]] std::wstring to_wide(std::string_view utf8);
[[nodiscard]] std::string to_utf8(std::wstring_view wide);

// Returns the system's text for an error of GetLastError() or WSAGetLastError(), as Go prints it:
// "Access is denied.". It is in English if the system has English texts.
[[nodiscard]] std::string windows_error_text(uint32_t error);

// Returns the error "<what>: <the system's text>", with Errc::denied if access was denied.
[[nodiscard]] tl::unexpected<Error> windows_error(std::string_view what, uint32_t error);

}  // namespace midge
