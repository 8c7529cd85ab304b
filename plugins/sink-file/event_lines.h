#pragma once
// The lines of sink-file.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

// Lines in their order, and the events that are lost with each of them. A value.
class EventLines {
  public:
    void add_event(uint64_t sequence, std::string_view subject, std::string_view json);
    void add_gap(const Gap& gap);

    [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }
    [[nodiscard]] size_t size() const noexcept { return lines_.size(); }  // lines
    [[nodiscard]] size_t bytes() const noexcept { return text_.size(); }
    [[nodiscard]] uint64_t events() const noexcept { return events_; }
    // Lines `from` to `to`, without `to`.
    [[nodiscard]] std::string_view text(size_t from, size_t to) const;
    [[nodiscard]] const Gap& covered(size_t line) const { return lines_[line].covered; }
    [[nodiscard]] bool is_event(size_t line) const { return lines_[line].is_event; }

  private:
    struct Line {
        size_t end;  // in text_
        Gap covered;
        bool is_event;
    };

    std::string text_;
    std::vector<Line> lines_;
    uint64_t events_ = 0;
};

}  // namespace midge
