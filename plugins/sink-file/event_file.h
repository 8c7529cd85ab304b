#pragma once
// The files of sink-file.
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "common/files.h"
#include "sink-file/event_lines.h"

namespace midge {

struct EventFileLimits {
    uint64_t size_max = 0;   // bytes of a file; 0: no limit
    uint64_t files_max = 0;  // with the one that is written to; 0: no limit
};

// Appends whole lines to a path, also after the file was moved away there. Before a line that would
// make the file too large, the file gets a name of its own (base/rotated_files.h), and a new one
// begins; a line that alone is too large has a file to itself. Pipes and devices have no limit.
// What cannot be written is counted, and stands as a gap before the next line that can. Blocking;
// owned by the sink, used by its thread.
class EventFile {
  public:
    // Goes on with the file that is there.
    [[nodiscard]] static Result<EventFile> open(const std::filesystem::path& path,
                                                EventFileLimits limits = {});

    // Writes the lines in pieces. The rest after a failure is lost; the counts below tell how far
    // it came.
    [[nodiscard]] Result<> append(const EventLines& lines);
    // Opens the path again, whatever is there now.
    [[nodiscard]] Result<> reopen();
    // Removes the oldest files beyond the limit.
    [[nodiscard]] Result<> purge();
    [[nodiscard]] Result<> sync() { return file_.sync(); }
    // What was not written and is not noted in a file yet.
    [[nodiscard]] const Gap& lost() const noexcept { return lost_; }
    [[nodiscard]] uint64_t events_written() const noexcept { return events_written_; }
    [[nodiscard]] uint64_t last_written() const noexcept { return last_written_; }  // sequence
    [[nodiscard]] uint64_t rotations() const noexcept { return rotations_; }

  private:
    EventFile(std::filesystem::path path, EventFileLimits limits, AppendFile file);
    // Writes lines from number `from` on; gives the number of the next one.
    [[nodiscard]] Result<size_t> write_piece(const EventLines& lines, size_t from);
    [[nodiscard]] std::string head() const;
    [[nodiscard]] Result<> rotate();
    void note_written(const EventLines& lines, size_t from, size_t to);

    std::filesystem::path path_;
    EventFileLimits limits_;
    AppendFile file_;
    Gap lost_;
    bool torn_ = false;  // the last line may be incomplete
    uint64_t events_written_ = 0;
    uint64_t last_written_ = 0;
    uint64_t rotations_ = 0;
};

}  // namespace midge
