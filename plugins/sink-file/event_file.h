#pragma once
// The lines of sink-file.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "common/files.h"

namespace midge {

// Events that are not in the file: `count` of those with the sequence numbers first..last.
struct Gap {
    uint64_t first = 0;
    uint64_t last = 0;
    uint64_t count = 0;

    void add(const Gap& other) noexcept;
};

// {"seq":7,"subject":"$SYS...","event":{...}}, one line; `json` goes in as it is.
[[nodiscard]] std::string event_line(uint64_t sequence, std::string_view subject,
                                     std::string_view json);
// {"gap":{"first":8,"last":12,"count":5}}, one line.
[[nodiscard]] std::string gap_line(const Gap& gap);

// Appends whole lines to a path, also after the file was moved away there. What cannot be written
// is counted, and stands as a gap before the next line that can. Blocking; owned by the sink, used
// by its thread.
class EventFile {
  public:
    [[nodiscard]] static Result<EventFile> open(const std::filesystem::path& path);

    // Writes lines that stand for the events `covered` (all of them are lost together).
    [[nodiscard]] Result<> append(const std::string& lines, const Gap& covered);
    // Opens the path again, whatever is there now.
    [[nodiscard]] Result<> reopen();
    [[nodiscard]] Result<> sync() { return file_.sync(); }
    // What was not written and is not noted in the file yet.
    [[nodiscard]] const Gap& lost() const noexcept { return lost_; }

  private:
    EventFile(std::filesystem::path path, AppendFile file)
        : path_(std::move(path)), file_(std::move(file)) {}
    [[nodiscard]] Result<> try_append(const std::string& lines);

    std::filesystem::path path_;
    AppendFile file_;
    Gap lost_;
    bool torn_ = false;  // the last line may be incomplete
};

}  // namespace midge
