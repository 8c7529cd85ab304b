#pragma once
namespace midge::cli {

// Overwrites passwords and tokens in the process's argument list, which other users of the machine
// can read. Called after the list was parsed. Does not affect the history of a shell.
void hide_secret_arguments(int argc, char** argv) noexcept;

}  // namespace midge::cli
