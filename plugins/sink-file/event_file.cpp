#include "sink-file/event_file.h"

#include <algorithm>
#include <utility>

#include "base/json.h"

namespace midge {

void Gap::add(const Gap& other) noexcept {
    if (other.count == 0) return;
    first = count == 0 ? other.first : std::min(first, other.first);
    last = std::max(last, other.last);
    count += other.count;
}

std::string event_line(uint64_t sequence, std::string_view subject, std::string_view json) {
    JsonWriter head;
    head.begin_object().field("seq", sequence).field("subject", subject).end_object();
    std::string line = head.take();
    line.pop_back();  // the event, which is JSON already, comes inside
    line.append(",\"event\":");
    const size_t start = line.size();
    line.append(json);
    // Line breaks in JSON are white space; here they would break the line.
    std::replace(line.begin() + static_cast<std::ptrdiff_t>(start), line.end(), '\n', ' ');
    return line.append("}\n");
}

std::string gap_line(const Gap& gap) {
    JsonWriter line;
    line.begin_object().key("gap").begin_object();
    line.field("first", gap.first).field("last", gap.last).field("count", gap.count);
    line.end_object().end_object();
    return line.take().append("\n");
}

Result<EventFile> EventFile::open(const std::filesystem::path& path) {
    auto file = AppendFile::open(path);
    if (!file) return pass(file);
    return EventFile(path, std::move(*file));
}

Result<> EventFile::append(const std::string& lines, const Gap& covered) {
    auto written = try_append(lines);
    if (written) {
        lost_ = {};
        torn_ = false;
    } else {
        lost_.add(covered);
    }
    return written;
}

Result<> EventFile::reopen() {
    auto opened = AppendFile::open(path_);
    if (!opened) return pass(opened);
    const bool same = file_.is_in_place();
    file_ = std::move(*opened);
    torn_ = torn_ && same;
    return {};
}

Result<> EventFile::try_append(const std::string& lines) {
    if (!file_.is_in_place()) {
        if (auto reopened = reopen(); !reopened) return reopened;
    }
    std::string head = torn_ ? "\n" : "";
    if (lost_.count != 0) head += gap_line(lost_);
    torn_ = true;
    return file_.write(head + lines);
}

}  // namespace midge
