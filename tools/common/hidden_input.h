#pragma once
#include <string>

#include "base/result.h"

namespace midge::tools {

// Prints the question on stderr and reads one line of stdin, without echo if stdin is a terminal.
// Fails at the end of the input. Requires: the caller wipes the answer.
[[nodiscard]] Result<std::string> ask_hidden(const std::string& question);

}  // namespace midge::tools
