#pragma once
// The payloads of `pub` and `request`: the argument, or standard input as a whole or line by line.
#include <optional>
#include <string>

#include "base/result.h"

namespace midge::cli {

class PayloadSource {
  public:
    // The choices on the command line.
    struct Choice {
        std::optional<std::string> body;
        bool force_stdin = false;
        bool by_line = false;  // --send-on newline
    };
    explicit PayloadSource(Choice choice);

    // True if there is no body argument, and standard input is a pipe or a person can type.
    [[nodiscard]] bool reads_stdin() const noexcept { return reads_stdin_; }
    // Returns the next payload; no value at the end.
    [[nodiscard]] Result<std::optional<std::string>> next();

  private:
    Choice choice_;
    bool reads_stdin_;
    bool done_ = false;
};

}  // namespace midge::cli
