#pragma once
namespace midge::tools {

// The program mkpasswd makes bcrypt hashes for configuration files (docs/protocol/tools.md,
// Password hashes). Returns the exit code.
int run_mkpasswd(int argc, char** argv);

}  // namespace midge::tools
