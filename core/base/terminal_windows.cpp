#include <windows.h>

#include "base/terminal.h"

namespace midge {
namespace {

HANDLE console_of(StandardStream stream) noexcept {
    switch (stream) {
        case StandardStream::in:
            return ::GetStdHandle(STD_INPUT_HANDLE);
        case StandardStream::out:
            return ::GetStdHandle(STD_OUTPUT_HANDLE);
        case StandardStream::err:
            break;
    }
    return ::GetStdHandle(STD_ERROR_HANDLE);
}

}  // namespace

bool is_terminal(StandardStream stream) noexcept {
    DWORD mode = 0;
    return ::GetConsoleMode(console_of(stream), &mode) != 0;
}

bool understands_colors(StandardStream stream) noexcept {
    const HANDLE console = console_of(stream);
    DWORD mode = 0;
    return ::GetConsoleMode(console, &mode) != 0 &&
           ::SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

}  // namespace midge
