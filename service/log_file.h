#pragma once
// A log file that is rotated by size and by time.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"

namespace midge {

struct LogFileLimits {
    int64_t bytes_max = 0;  // before rotation; 0: never rotated
    int files_max = 0;      // kept, the current one included; 0: all
    // A file has the lines of one period only, counted from 1970 UTC: 24h changes at midnight UTC.
    // 0: not rotated by time.
    std::chrono::seconds period{0};
};

// Owned by the log's writer, used under its lock. Whatever happens to the file, a line is written:
// to standard error if not to the file, which is tried again with the next line.
class LogFile {
  public:
    // Takes lines about the file itself.
    using Report = std::function<void(LogLevel level, const std::string& text)>;

    // Appends to `path`; fails if it cannot be opened.
    [[nodiscard]] static Result<std::unique_ptr<LogFile>> open(std::string path,
                                                               LogFileLimits limits, Report report);

    // Complete lines. Rotates before a write that would pass a limit: the file is renamed to
    // "<path>.<yyyy>.<mm>.<dd>.<HH>.<MM>.<SS>.<nanoseconds>" (docs/protocol/service.md, Log files)
    // and the oldest beyond `files_max` are removed.
    void write(std::string_view lines, WallNanos now = wall_now());
    // Opens the path anew, for who renamed the file. On failure the open one stays in use.
    [[nodiscard]] Result<> reopen();
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

  private:
    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    using File = std::unique_ptr<std::FILE, Close>;

    LogFile(std::string path, LogFileLimits limits, Report report)
        : path_(std::move(path)), limits_(limits), report_(std::move(report)) {}
    [[nodiscard]] Result<> open_file();
    [[nodiscard]] bool is_due(int64_t more_bytes, WallNanos now) const;
    [[nodiscard]] int64_t period_of(WallNanos time) const;
    void rotate();
    void remove_oldest();

    const std::string path_;
    const LogFileLimits limits_;
    const Report report_;
    File file_;
    int64_t bytes_ = 0;
    bool rotates_ = true;      // pipes and devices do not
    int64_t period_ = 0;       // of the newest line in the file
    bool in_trouble_ = false;  // said so, until a write works again
};

}  // namespace midge
