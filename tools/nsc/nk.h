#pragma once
namespace midge::tools {

// The program nk makes keys, and signs and verifies files (docs/protocol/tools.md, Keys and
// signatures). Returns the exit code.
int run_nk(int argc, char** argv);

}  // namespace midge::tools
