#include "sink-file/event_lines.h"

#include <algorithm>

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

void EventLines::add_event(uint64_t sequence, std::string_view subject, std::string_view json) {
    text_ += event_line(sequence, subject, json);
    lines_.push_back({text_.size(), {sequence, sequence, 1}, true});
    ++events_;
}

void EventLines::add_gap(const Gap& gap) {
    text_ += gap_line(gap);
    lines_.push_back({text_.size(), gap, false});
}

std::string_view EventLines::text(size_t from, size_t to) const {
    const size_t begin = from == 0 ? 0 : lines_[from - 1].end;
    const size_t end = to == 0 ? 0 : lines_[to - 1].end;
    return std::string_view(text_).substr(begin, end - begin);
}

}  // namespace midge
