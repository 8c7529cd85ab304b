#pragma once
// Texts of the Windows API; for *_windows.cpp files only.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// Windows speaks UTF-16, Midge UTF-8. What is no valid text becomes U+FFFD.
[[nodiscard]] std::wstring to_wide(std::string_view utf8);
[[nodiscard]] std::string to_utf8(std::wstring_view wide);

// The system's words for an error of GetLastError() or WSAGetLastError(), in English if the system
// has them, as Go prints them: "Access is denied."
[[nodiscard]] std::string windows_error_text(uint32_t error);

// "<what>: <the system\'s words>"; Errc::denied where access was denied.
[[nodiscard]] tl::unexpected<Error> windows_error(std::string_view what, uint32_t error);

}  // namespace midge
