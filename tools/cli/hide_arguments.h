#pragma once
namespace midge::cli {

// Overwrites passwords and tokens in the process's own argument list, which other users of the
// machine can read, after it was parsed. What a shell's history keeps is beyond us.
void hide_secret_arguments(int argc, char** argv) noexcept;

}  // namespace midge::cli
