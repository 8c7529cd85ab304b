#pragma once
// Runs programs that the user names for translating or answering messages.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge::cli {

// Splits words as a shell does: blanks separate words, '...' and "..." keep blanks, a backslash
// quotes the next character, and {{...}} stays whole. Expands nothing. Fails if a quote is open or
// there is no word.
[[nodiscard]] Result<std::vector<std::string>> split_command(std::string_view line);

struct CommandOutput {
    std::string text;  // stdout and stderr together
    int exit_code = 0;
};

// Runs `words` with `input` on stdin and `environment` added to this process's; waits for its end.
// Fails if the program cannot be started.
[[nodiscard]] Result<CommandOutput> run_command(
    const std::vector<std::string>& words, const std::string& input,
    const std::map<std::string, std::string>& environment = {});

}  // namespace midge::cli
