#pragma once
// Files that survive a crash. Blocking; there is one implementation for each system.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// Makes `directory` and its missing parents, accessible only for the owner (0700). Fails if it is
// not writable.
[[nodiscard]] Result<> make_private_directory(const std::filesystem::path& directory);

// Returns the whole content of a regular file. Errc::not_found if there is none; Errc::invalid if
// it has more than `bytes_max` bytes or is not a regular file.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& file, size_t bytes_max);

// Replaces `file` so that after a crash at any time it has either the old or the new content:
// writes `temporary` (in the same directory, accessible only for the owner, 0600), syncs it,
// renames it and syncs the directory.
[[nodiscard]] Result<> replace_file(const std::filesystem::path& file,
                                    const std::filesystem::path& temporary,
                                    std::string_view content);

// Makes renames and removals in `directory` durable.
[[nodiscard]] Result<> sync_directory(const std::filesystem::path& directory);

// A file that is only appended to. Pipes and devices are supported, but a write that would have to
// wait fails. Owned by one thread.
class AppendFile {
  public:
    // Opens or creates (0600) `file` for appending.
    [[nodiscard]] static Result<AppendFile> open(const std::filesystem::path& file);
    AppendFile(AppendFile&& other) noexcept;
    AppendFile& operator=(AppendFile&& other) noexcept;
    ~AppendFile();

    // Writes all bytes. After a failure, a part may have been written.
    [[nodiscard]] Result<> write(std::string_view bytes);
    [[nodiscard]] Result<> sync();
    // Whether the path still refers to this file. False after the file was renamed or deleted, as
    // log rotation does.
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
