#include <unistd.h>

#include "base/terminal.h"

namespace midge {

bool is_terminal(StandardStream stream) noexcept {
    switch (stream) {
        case StandardStream::in:
            return ::isatty(STDIN_FILENO) == 1;
        case StandardStream::out:
            return ::isatty(STDOUT_FILENO) == 1;
        case StandardStream::err:
            break;
    }
    return ::isatty(STDERR_FILENO) == 1;
}

bool understands_colors(StandardStream stream) noexcept {
    return is_terminal(stream);
}

}  // namespace midge
