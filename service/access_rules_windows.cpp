// clang-format off: <windows.h> comes first
#include <sddl.h>
#include <windows.h>
// clang-format on

#include <array>
#include <cstddef>

#include "access_rules.h"
#include "base/windows_text.h"

namespace midge {

void FreeSystemMemory::operator()(void* memory) const noexcept {
    ::LocalFree(memory);
}

void CloseSystemHandle::operator()(void* handle) const noexcept {
    if (handle != INVALID_HANDLE_VALUE) ::CloseHandle(handle);
}

Result<std::string> sid_text(void* sid) {
    wchar_t* text = nullptr;
    if (::ConvertSidToStringSidW(sid, &text) == 0)
        return windows_error("security identifier", ::GetLastError());
    const SystemMemory<wchar_t> owner(text);
    return to_utf8(text);
}

Result<std::string> own_sid() {
    HANDLE opened = nullptr;
    if (::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &opened) == 0)
        return windows_error("process token", ::GetLastError());
    const SystemHandle token(opened);
    alignas(TOKEN_USER) std::array<std::byte, sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE> user{};
    DWORD size = 0;
    if (::GetTokenInformation(opened, TokenUser, user.data(), user.size(), &size) == 0)
        return windows_error("process token", ::GetLastError());
    return sid_text(reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid);
}

Result<SystemMemory<void>> parse_access_rules(const std::string& rules) {
    void* made = nullptr;
    if (::ConvertStringSecurityDescriptorToSecurityDescriptorW(
            to_wide(rules).c_str(), SDDL_REVISION_1, &made, nullptr) == 0)
        return windows_error("access rules", ::GetLastError());
    return SystemMemory<void>(made);
}

}  // namespace midge
