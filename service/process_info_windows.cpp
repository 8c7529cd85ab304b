#include <io.h>
#include <windows.h>

#include <cstdio>

#include "process_info.h"

namespace midge {

int current_process_id() noexcept {
    return static_cast<int>(::GetCurrentProcessId());
}

bool stderr_is_terminal() noexcept {
    const HANDLE console = ::GetStdHandle(STD_ERROR_HANDLE);
    DWORD mode = 0;
    // Colors only where the console understands them.
    return ::GetConsoleMode(console, &mode) != 0 &&
           ::SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

}  // namespace midge
