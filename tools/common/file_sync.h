#pragma once
// What the operating system offers to bring written data to the disk; file_sync_linux.cpp or
// file_sync_windows.cpp.
#include <cstdio>
#include <filesystem>

namespace midge::tools {

// Waits until the written bytes are on the disk. False, with errno set, if that failed.
[[nodiscard]] bool sync_file(std::FILE* file) noexcept;

// Makes a rename inside `folder` last. Best effort: not every file system can.
void sync_folder(const std::filesystem::path& folder) noexcept;

}  // namespace midge::tools
