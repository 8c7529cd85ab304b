#pragma once
// What people see besides the messages themselves. Notes go to stderr, so that stdout can be piped.
#include <cstdint>
#include <string>
#include <string_view>

namespace midge::cli {

// "15:04:05 text" and a newline on stderr. From any thread.
void note(std::string_view text);

// Text on stdout, flushed: the reader of a pipe sees each message when it comes.
void print(std::string_view text);

// `text` as Go's %q prints it: in double quotes, with what is not printable escaped.
[[nodiscard]] std::string go_quoted(std::string_view text);

// "123,456 / 1,000,000 messages" in place on stderr; silent when stderr is no terminal.
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
