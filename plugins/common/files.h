#pragma once
// Files that survive a crash. Blocking; one implementation per system.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// Makes `directory` and its missing parents, for the owner only (0700); fails unless it can be
// written to.
[[nodiscard]] Result<> make_private_directory(const std::filesystem::path& directory);

// The whole content of a regular file; Errc::not_found when there is none, Errc::invalid when it is
// over `bytes_max` or not a regular file.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& file, size_t bytes_max);

// Replaces `file` so that after a crash at any point it holds either the old or the new content:
// writes `temporary` (in the same directory, created for the owner only, 0600), syncs it, renames
// it and syncs the directory.
[[nodiscard]] Result<> replace_file(const std::filesystem::path& file,
                                    const std::filesystem::path& temporary,
                                    std::string_view content);

// Makes renames and removals in `directory` durable.
[[nodiscard]] Result<> sync_directory(const std::filesystem::path& directory);

// A file that only grows; a pipe or device works too, but is never waited for: a write that would
// have to wait fails. Owned by one thread.
class AppendFile {
  public:
    // Opens or creates (0600) `file` for appending.
    [[nodiscard]] static Result<AppendFile> open(const std::filesystem::path& file);
    AppendFile(AppendFile&& other) noexcept;
    AppendFile& operator=(AppendFile&& other) noexcept;
    ~AppendFile();

    // Writes all of `bytes`; after a failure, some may have been written.
    [[nodiscard]] Result<> write(std::string_view bytes);
    [[nodiscard]] Result<> sync();
    // Whether the path still names this file: false after it was moved away or deleted, as log
    // rotation does.
    [[nodiscard]] bool is_in_place() const;
    // In bytes; nothing if it is no regular file.
    [[nodiscard]] std::optional<uint64_t> size() const;

  private:
    AppendFile(std::filesystem::path file, intptr_t descriptor)
        : file_(std::move(file)), descriptor_(descriptor) {}

    std::filesystem::path file_;
    intptr_t descriptor_ = -1;  // int on POSIX, HANDLE on Windows
};

}  // namespace midge
