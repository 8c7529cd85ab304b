#pragma once
namespace midge::tools {

// The program mkpasswd: bcrypt hashes for configuration files (spec tools.md 5). Gives the exit
// code.
int run_mkpasswd(int argc, char** argv);

}  // namespace midge::tools
