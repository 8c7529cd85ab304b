#include "sink-file/event_file.h"

#include <fmt/format.h>

#include <fstream>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "base/rotated_files.h"

namespace midge {
namespace {

namespace fs = std::filesystem;

// Of one write. Small, because all of it counts as lost when it fails.
constexpr size_t piece_bytes_max = 256 * 1024;

// Whether the file ends within a line, as after a crash.
bool ends_torn(const fs::path& path, const AppendFile& file) {
    if (file.size().value_or(0) == 0) return false;
    std::ifstream in(path, std::ios::binary);
    in.seekg(-1, std::ios::end);
    const int last = in.get();
    return in && last != '\n';
}

}  // namespace

EventFile::EventFile(fs::path path, EventFileLimits limits, AppendFile file)
    : path_(std::move(path)),
      limits_(limits),
      file_(std::move(file)),
      torn_(ends_torn(path_, file_)) {}

Result<EventFile> EventFile::open(const fs::path& path, EventFileLimits limits) {
    auto file = AppendFile::open(path);
    if (!file) return pass(file);
    return EventFile(path, limits, std::move(*file));
}

Result<> EventFile::append(const EventLines& lines) {
    size_t at = 0;
    while (at < lines.size()) {
        auto next = write_piece(lines, at);
        if (!next) {
            for (; at < lines.size(); ++at) lost_.add(lines.covered(at));
            return pass(next);
        }
        note_written(lines, at, *next);
        at = *next;
    }
    return {};
}

void EventFile::note_written(const EventLines& lines, size_t from, size_t to) {
    for (; from < to; ++from) {
        if (!lines.is_event(from)) continue;
        ++events_written_;
        last_written_ = lines.covered(from).last;
    }
}

// What stands before the next line.
std::string EventFile::head() const {
    std::string text = torn_ ? "\n" : "";
    if (lost_.count != 0) text += gap_line(lost_);
    return text;
}

Result<size_t> EventFile::write_piece(const EventLines& lines, size_t from) {
    if (!file_.is_in_place()) {
        if (auto reopened = reopen(); !reopened) return pass(reopened);
    }
    const bool limited = limits_.size_max != 0 && file_.size().has_value();
    const auto fits = [&](uint64_t size, size_t to) {
        return size + head().size() + lines.text(from, to).size() <= limits_.size_max;
    };
    uint64_t size = file_.size().value_or(0);
    if (limited && size != 0 && !fits(size, from + 1)) {
        if (auto rotated = rotate(); !rotated) return pass(rotated);
        size = 0;
    }
    size_t to = from + 1;
    while (to < lines.size() && lines.text(from, to + 1).size() <= piece_bytes_max &&
           (!limited || fits(size, to + 1))) {
        ++to;
    }
    const std::string piece = head().append(lines.text(from, to));
    torn_ = true;
    if (auto written = file_.write(piece); !written) return pass(written);
    torn_ = false;
    lost_ = {};
    return to;
}

Result<> EventFile::rotate() {
    const fs::path name = rotated_name(path_, wall_now(), RotationZone::utc);
    std::error_code failure;
    fs::rename(path_, name, failure);
    if (failure) {
        return fail(
            fmt::format("rename {} to {}: {}", path_.string(), name.string(), failure.message()));
    }
    ++rotations_;
    return reopen();
}

Result<> EventFile::reopen() {
    auto opened = AppendFile::open(path_);
    if (!opened) return pass(opened);
    const bool same = file_.is_in_place();
    file_ = std::move(*opened);
    torn_ = same ? torn_ : ends_torn(path_, file_);
    return {};
}

Result<> EventFile::purge() {
    if (limits_.files_max == 0) return {};
    const auto files = rotated_files(path_);
    if (!files)
        return fail(fmt::format("list files of {}: {}", path_.string(), files.error().text));
    const uint64_t kept = limits_.files_max - 1;
    for (size_t i = 0; i + kept < files->size(); ++i) {
        std::error_code failure;
        fs::remove((*files)[i], failure);
        if (failure)
            return fail(fmt::format("remove {}: {}", (*files)[i].string(), failure.message()));
    }
    return {};
}

}  // namespace midge
