#pragma once
// The parts of a program's start that depend on the operating system (program_linux.cpp,
// program_windows.cpp).
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace midge {

// Returns the arguments of main() in UTF-8, beginning with the program's name. Requires: called
// once, before anything else, because on Windows it also switches the standard streams to bytes and
// UTF-8.
[[nodiscard]] std::vector<std::string> program_arguments(int argc, char** argv);

// Returns the name by which a program was called, without its folder, and on Windows without
// ".exe".
[[nodiscard]] std::string program_name(const std::filesystem::path& called);

// Returns the path of the running program with all links resolved, or an empty path if the system
// does not know it.
[[nodiscard]] std::filesystem::path program_file();

// Opens a file like std::fopen() in a binary mode ("rb", "wb", "wbx", "ab"). The path may contain
// any characters, and other processes may read, rename and delete the open file. Opening a pipe for
// writing never waits for a reader: without one it fails with ENXIO. Returns null on failure, with
// errno set.
[[nodiscard]] std::FILE* open_c_file(const std::filesystem::path& path, const char* mode) noexcept;

}  // namespace midge
