#pragma once
// Whole files that the program is told to read, whatever somebody has put at their place.
#include <string>

#include "base/result.h"

namespace midge {

struct FileLimits {
    size_t bytes_max = 0;
    // A pipe or device is read too, for as long as whoever writes to it does not stop for longer
    // than pipe_patience_seconds; not on Windows.
    bool pipes = false;
};

inline constexpr int pipe_patience_seconds = 5;

// Never waits for a pipe that nobody writes to. Fails in the form of Go's errors: "open <path>: no
// such file or directory", "read <path>: is a directory".
[[nodiscard]] Result<std::string> read_text_file(const std::string& path, FileLimits limits);

}  // namespace midge
