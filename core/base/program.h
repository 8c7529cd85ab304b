#pragma once
// How a program meets its system (program_linux.cpp, program_windows.cpp).
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace midge {

// The arguments of main() in UTF-8, the program's name first. Call it once, first of all: on
// Windows it also makes the standard streams carry bytes as they are, in UTF-8.
[[nodiscard]] std::vector<std::string> program_arguments(int argc, char** argv);

// The name by which a program was called: without its folder, and without ".exe" on Windows.
[[nodiscard]] std::string program_name(const std::filesystem::path& called);

// The file of the running program, links resolved; empty if the system does not say.
[[nodiscard]] std::filesystem::path program_file();

// As std::fopen() in a binary mode ("rb", "wb", "wbx", "ab") for a path of any letters; others may
// read, rename and delete the file meanwhile. To write, it never waits for the reader of a pipe:
// there is none (ENXIO). Null on failure, with errno set.
[[nodiscard]] std::FILE* open_c_file(const std::filesystem::path& path, const char* mode) noexcept;

}  // namespace midge
