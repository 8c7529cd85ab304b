#include <unistd.h>

#include "terminal.h"

namespace midge::cli {

bool stdin_is_terminal() noexcept {
    return isatty(STDIN_FILENO) == 1;
}
bool stdout_is_terminal() noexcept {
    return isatty(STDOUT_FILENO) == 1;
}
bool stderr_is_terminal() noexcept {
    return isatty(STDERR_FILENO) == 1;
}

}  // namespace midge::cli
