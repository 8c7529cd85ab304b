#include "log_file.h"

#include <Poco/Exception.h>
#include <Poco/File.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/program.h"
#include "base/rotated_files.h"
#include "base/text.h"

namespace midge {
namespace {

namespace fs = std::filesystem;

std::string reason(int code) {
    return to_lower_ascii(std::generic_category().message(code));
}

// The time of the file's newest line; now if the system does not say.
WallNanos last_written(const std::string& path) {
    try {
        return Poco::File(path).getLastModified().epochMicroseconds() * 1000;
    } catch (const Poco::Exception&) {
        return wall_now();
    }
}

}  // namespace

Result<std::unique_ptr<LogFile>> LogFile::open(std::string path, LogFileLimits limits,
                                               Report report) {
    std::unique_ptr<LogFile> log(new LogFile(std::move(path), limits, std::move(report)));
    if (auto opened = log->open_file(); !opened) return pass(opened);
    return log;
}

Result<> LogFile::open_file() {
    errno = 0;
    File file(open_c_file(path_, "ab"));
    if (!file) return fail(Errc::unavailable, fmt::format("open {}: {}", path_, reason(errno)));
    std::fseek(file.get(), 0, SEEK_END);
    bytes_ = std::ftell(file.get());
    file_ = std::move(file);
    std::error_code ignored;
    rotates_ = fs::is_regular_file(path_, ignored);
    if (bytes_ > 0 && limits_.period.count() > 0) period_ = period_of(last_written(path_));
    return {};
}

int64_t LogFile::period_of(WallNanos time) const {
    return time / std::chrono::nanoseconds(limits_.period).count();
}

bool LogFile::is_due(int64_t more_bytes, WallNanos now) const {
    if (bytes_ == 0 || !rotates_) return false;
    if (limits_.bytes_max > 0 && bytes_ + more_bytes > limits_.bytes_max) return true;
    return limits_.period.count() > 0 && period_of(now) > period_;
}

Result<> LogFile::reopen() {
    return open_file();
}

void LogFile::write(std::string_view lines, WallNanos now) {
    const auto size = static_cast<int64_t>(lines.size());
    if (is_due(size, now)) rotate();
    if (limits_.period.count() > 0) period_ = std::max(period_, period_of(now));
    if (!file_) (void)open_file();
    const bool written = file_ &&
                         std::fwrite(lines.data(), 1, lines.size(), file_.get()) == lines.size() &&
                         std::fflush(file_.get()) == 0;
    if (written) {
        bytes_ += size;
        in_trouble_ = false;
        return;
    }
    const int code = errno;
    file_.reset();
    if (!std::exchange(in_trouble_, true)) {
        fmt::print(stderr, "log file {}: {}; the log goes to standard error\n", path_,
                   reason(code));
    }
    std::fwrite(lines.data(), 1, lines.size(), stderr);
    std::fflush(stderr);  // Windows keeps what goes to a pipe or a file
}

void LogFile::rotate() {
    const std::string backup = rotated_name(path_, wall_now(), RotationZone::local).string();
    file_.reset();
    std::error_code failure;
    fs::rename(path_, backup, failure);
    if (auto opened = open_file(); !opened) return;
    if (failure) {
        bytes_ = 0;  // the next try after another limit's worth of lines
        report_(LogLevel::error, fmt::format("Unable to rename the log file to \"{}\": {}", backup,
                                             failure.message()));
        return;
    }
    report_(LogLevel::info, fmt::format("Rotated log, backup saved as \"{}\"", backup));
    if (limits_.files_max > 0) remove_oldest();
}

void LogFile::remove_oldest() {
    const auto backups = rotated_files(path_);
    if (!backups) {
        const fs::path folder = fs::path(path_).parent_path();
        report_(
            LogLevel::error,
            fmt::format(
                "Unable to read directory \"{}\" for log purge ({}), will attempt next rotation",
                folder.empty() ? "." : folder.string(), backups.error().text));
        return;
    }
    std::error_code failure;
    const auto kept = static_cast<size_t>(limits_.files_max - 1);
    for (size_t i = 0; i + kept < backups->size(); ++i) {
        if (fs::remove((*backups)[i], failure); !failure) {
            report_(LogLevel::info,
                    fmt::format("Purged log file \"{}\"", (*backups)[i].filename().string()));
        } else {
            report_(LogLevel::error,
                    fmt::format(
                        "Unable to remove backup log file \"{}\" ({}), will attempt next rotation",
                        (*backups)[i].filename().string(), failure.message()));
        }
    }
}

}  // namespace midge
