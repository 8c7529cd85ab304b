#pragma once
// Functions of the operating system to make files private and to write them to the disk;
// file_sync_linux.cpp or file_sync_windows.cpp.
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace midge::tools {

// Creates a new file for writing. It is accessible only for the owner (0600) from the moment it has
// a name, because a process that opens it earlier could read everything written later. Returns null
// on failure, with errno set.
[[nodiscard]] std::FILE* create_private_file(const std::filesystem::path& path) noexcept;

// The same for a folder (0700). Returns false if it already exists.
bool create_private_folder(const std::filesystem::path& path, std::error_code& error) noexcept;

// Waits until the written bytes are on the disk. Returns false on failure, with errno set.
[[nodiscard]] bool sync_file(std::FILE* file) noexcept;

// Makes a rename in `folder` durable, if the file system supports that.
void sync_folder(const std::filesystem::path& folder) noexcept;

}  // namespace midge::tools
