#pragma once
namespace midge::tools {

// The program nk: makes keys, signs and verifies files (spec tools.md 6). Gives the exit code.
int run_nk(int argc, char** argv);

}  // namespace midge::tools
