#pragma once
// Access rules of Windows: who may use a file or another object of the system; for *_windows.cpp
// files only.
#include <memory>
#include <string>

#include "base/result.h"

namespace midge {

struct FreeSystemMemory {
    void operator()(void* memory) const noexcept;
};
// Memory that a function of Windows has allocated with LocalAlloc.
template <class T>
using SystemMemory = std::unique_ptr<T, FreeSystemMemory>;

struct CloseSystemHandle {
    using pointer = void*;
    void operator()(void* handle) const noexcept;
};
// A HANDLE. Null or INVALID_HANDLE_VALUE: there is none.
using SystemHandle = std::unique_ptr<void, CloseSystemHandle>;

// Returns a security identifier (a PSID) as text: "S-1-5-21-...".
[[nodiscard]] Result<std::string> sid_text(void* sid);
// Returns the security identifier of the user who runs this program.
[[nodiscard]] Result<std::string> own_sid();
// Returns the security descriptor for rules in Microsoft's language for them (SDDL):
// "D:P(A;;GA;;;SY)".
[[nodiscard]] Result<SystemMemory<void>> parse_access_rules(const std::string& rules);

}  // namespace midge
