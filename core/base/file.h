#pragma once
// Reads whole files whose paths come from outside, whatever kind of file the path names.
#include <string>

#include "base/result.h"

namespace midge {

struct FileLimits {
    size_t bytes_max = 0;
    // Also reads pipes and devices, as long as their writer never pauses for longer than
    // pipe_patience_seconds. Not on Windows.
    bool pipes = false;
};

inline constexpr int pipe_patience_seconds = 5;

// Reads the whole file. Never waits for a pipe without a writer. Errors have the form of Go's:
// "open <path>: no such file or directory", "read <path>: is a directory".
[[nodiscard]] Result<std::string> read_text_file(const std::string& path, FileLimits limits);

}  // namespace midge
