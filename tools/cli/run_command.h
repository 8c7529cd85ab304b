#pragma once
// Programs that the user names for translating or answering messages.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge::cli {

// Words as a shell would split them: blanks separate, '...' and "..." keep them, a backslash takes
// the next character; {{...}} stays whole. Nothing is expanded. Fails on an open quote and on no
// word at all.
[[nodiscard]] Result<std::vector<std::string>> split_command(std::string_view line);

struct CommandOutput {
    std::string text;  // stdout and stderr together
    int exit_code = 0;
};

// Runs `words` with `input` on stdin and `environment` added to ours; waits for its end. Fails if
// the program cannot be started.
[[nodiscard]] Result<CommandOutput> run_command(
    const std::vector<std::string>& words, const std::string& input,
    const std::map<std::string, std::string>& environment = {});

}  // namespace midge::cli
