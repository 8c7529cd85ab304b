#pragma once
// What the operating system offers to make files private and to bring them to the disk;
// file_sync_linux.cpp or file_sync_windows.cpp.
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace midge::tools {

// Creates a file that is not there yet, for writing. It is the owner's alone (0600) from the moment
// when it has a name: who opened it before its rights changed could read what is written later.
// Null on failure, with errno set.
[[nodiscard]] std::FILE* create_private_file(const std::filesystem::path& path) noexcept;

// The same for a folder (0700). False if it is there already.
bool create_private_folder(const std::filesystem::path& path, std::error_code& error) noexcept;

// Waits until the written bytes are on the disk. False, with errno set, if that failed.
[[nodiscard]] bool sync_file(std::FILE* file) noexcept;

// Makes a rename inside `folder` last. Best effort: not every file system can.
void sync_folder(const std::filesystem::path& folder) noexcept;

}  // namespace midge::tools
