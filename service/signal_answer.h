#pragma once
// How a server tells `--signal reload` what became of it (Linux): a datagram to an abstract Unix
// socket of who asked. Its name is a number, which comes with the signal.
#include <chrono>
#include <string>

#include "base/result.h"

namespace midge {

// Of who sent a signal that wants an answer; 0: nobody wants one.
struct SignalAsker {
    int process = 0;
    int socket = 0;
};

// The signal that means SIGHUP, and that its sender waits for an answer. Only for processes that
// takes_questions() is true of: others would end.
[[nodiscard]] int answered_reload_signal() noexcept;
[[nodiscard]] bool takes_questions(int process);

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
