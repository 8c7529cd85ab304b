#pragma once
// A process that a user names in `--signal <command>=<pid, or pid file>`.
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// Returns the content of the file `text`, or `text` itself if there is no such file. Fails if the
// file is empty.
[[nodiscard]] Result<std::string> pid_text(const std::string& text);
// Returns a process id that is written in decimal. Fails with "invalid pid: x".
[[nodiscard]] Result<int> parse_pid(std::string_view digits);

}  // namespace midge
