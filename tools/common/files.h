#pragma once
// Files of the tools: read with a limit, written completely or not at all, accessible only for
// their owner.
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge::tools {

inline constexpr size_t tool_file_bytes_max = 2 * 1024 * 1024;

// Reads the whole file. Errc::not_found if there is none; fails if it has more than `bytes_max`
// bytes.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path,
                                            size_t bytes_max = tool_file_bytes_max);

// Replaces the content of `path` with `bytes`, through a temporary file beside it that is
// accessible only for the owner (0600). Makes missing folders (0700). After a crash the file has
// either the old or the new content. Follows links.
[[nodiscard]] Result<> write_private_file(const std::filesystem::path& path,
                                          std::string_view bytes);

// Writes output to a path that the user has named: like write_private_file(), but writes directly
// to a device or pipe.
[[nodiscard]] Result<> write_output_file(const std::filesystem::path& path, std::string_view bytes);

// Makes `path` and its missing parents, each with 0700. Does not change existing folders.
[[nodiscard]] Result<> make_private_folders(const std::filesystem::path& path);

// Deletes one file or link. It is no error if it is missing.
[[nodiscard]] Result<> remove_file(const std::filesystem::path& path);

}  // namespace midge::tools
