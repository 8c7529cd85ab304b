#pragma once
// Where the payloads of `pub` and `request` come from: the argument, or standard input, whole or
// line by line.
#include <optional>
#include <string>

#include "base/result.h"

namespace midge::cli {

class PayloadSource {
  public:
    // What the command line said.
    struct Choice {
        std::optional<std::string> body;
        bool force_stdin = false;
        bool by_line = false;  // --send-on newline
    };
    explicit PayloadSource(Choice choice);

    // Without a body argument, when something is piped in or a person can type.
    [[nodiscard]] bool reads_stdin() const noexcept { return reads_stdin_; }
    // The next payload; nothing at the end.
    [[nodiscard]] Result<std::optional<std::string>> next();

  private:
    Choice choice_;
    bool reads_stdin_;
    bool done_ = false;
};

}  // namespace midge::cli
