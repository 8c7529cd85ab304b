#pragma once
// Files of the tools: read with a limit, written whole or not at all, private to their owner.
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge::tools {

inline constexpr size_t tool_file_bytes_max = 2 * 1024 * 1024;

// The whole file. Errc::not_found if there is none; fails if it has more than `bytes_max` bytes.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path,
                                            size_t bytes_max = tool_file_bytes_max);

// Replaces `path` by `bytes` through a temporary file beside it, readable and writable for the
// owner alone (0600); missing folders are made (0700). After a crash either the old or the new
// content is there. A link is followed.
[[nodiscard]] Result<> write_private_file(const std::filesystem::path& path,
                                          std::string_view bytes);

// For output that the user named: as write_private_file, but a device or pipe is written to as it
// is.
[[nodiscard]] Result<> write_output_file(const std::filesystem::path& path, std::string_view bytes);

// Makes `path` and its missing parents, each 0700. An existing folder is left as it is.
[[nodiscard]] Result<> make_private_folders(const std::filesystem::path& path);

// Deletes one file or link. One that is missing is no error.
[[nodiscard]] Result<> remove_file(const std::filesystem::path& path);

}  // namespace midge::tools
