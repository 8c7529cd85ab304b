#include <windows.h>

#include <cstdio>
#include <iostream>

#include "common/hidden_input.h"

namespace midge::tools {
namespace {

// Turns off the echo of stdin until it is destroyed; does nothing if stdin is not a console.
class NoEcho {
  public:
    NoEcho()
        : input_(GetStdHandle(STD_INPUT_HANDLE)), active_(GetConsoleMode(input_, &before_) != 0) {
        if (active_) SetConsoleMode(input_, before_ & ~static_cast<DWORD>(ENABLE_ECHO_INPUT));
    }
    ~NoEcho() {
        if (!active_) return;
        SetConsoleMode(input_, before_);
        std::fputc('\n', stderr);
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

  private:
    HANDLE input_;
    DWORD before_ = 0;
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
