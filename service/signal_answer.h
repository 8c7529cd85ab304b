#pragma once
// How a server answers `--signal reload` and `--signal diff` (Linux): a datagram to an abstract
// Unix socket of who asked. Its name is a number, which comes with the signal.
#include <chrono>
#include <string>

#include "base/result.h"

namespace midge {

// Of who sent a signal that wants an answer; 0: nobody wants one.
struct SignalAsker {
    int process = 0;
    int socket = 0;
};

// The signal that means SIGHUP, and that its sender waits for an answer; and the one that asks what
// a reload would change. Only for processes that take them: others would end.
[[nodiscard]] int answered_reload_signal() noexcept;
[[nodiscard]] int diff_signal() noexcept;
// Whether it is a server of this program that waits for that signal.
[[nodiscard]] bool takes_question(int process, int signal);

// Tells the asker the outcome: a text, or an error. Who does not wait any more is told nothing.
void send_answer(const SignalAsker& asker, const Result<std::string>& outcome);

// Of the process that asks.
class AnswerSocket {
  public:
    AnswerSocket() = default;
    ~AnswerSocket();
    AnswerSocket(const AnswerSocket&) = delete;
    AnswerSocket& operator=(const AnswerSocket&) = delete;
    // Before the signal is sent. Gives the number that goes with it.
    [[nodiscard]] Result<int> open();
    // What `process` answers. Fails if that is an error, if the process ends, or after `patience`.
    [[nodiscard]] Result<std::string> wait(int process, std::chrono::milliseconds patience) const;

  private:
    int socket_ = -1;
};

}  // namespace midge
