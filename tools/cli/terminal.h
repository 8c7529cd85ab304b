#pragma once
// Output for people. Notes go to stderr, so that only messages are on stdout.
#include <cstdint>
#include <string>
#include <string_view>

namespace midge::cli {

// Prints "15:04:05 text" and a newline on stderr. Usable from any thread.
void note(std::string_view text);

// Prints text on stdout and flushes it, so that the reader of a pipe gets each message immediately.
void print(std::string_view text);

// `text` as Go's %q prints it: in double quotes, with what is not printable escaped.
[[nodiscard]] std::string go_quoted(std::string_view text);

// Prints "123,456 / 1,000,000 messages" in one place on stderr; prints nothing if stderr is not a
// terminal.
class ProgressLine {
  public:
    explicit ProgressLine(uint64_t total);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    void show(uint64_t done);

  private:
    uint64_t total_;
    bool active_;
};

}  // namespace midge::cli
