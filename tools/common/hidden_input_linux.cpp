#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "common/hidden_input.h"

namespace midge::tools {
namespace {

// Turns off the echo of stdin until it is destroyed; does nothing if stdin is not a terminal.
class NoEcho {
  public:
    NoEcho() : active_(tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!active_) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    ~NoEcho() {
        if (!active_) return;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        std::fputc('\n', stderr);
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

  private:
    termios before_{};
    bool active_;
};

}  // namespace

Result<std::string> ask_hidden(const std::string& question) {
    std::fputs(question.c_str(), stderr);
    const NoEcho no_echo;
    std::string line;
    if (!std::getline(std::cin, line)) return fail("no password on stdin");
    return line;
}

}  // namespace midge::tools
