#pragma once
// How midged is asked by `--signal reload` and `--signal diff`, and how it answers; for
// *_windows.cpp files only. Each process has a named pipe, whose name contains its process id. Only
// the system, administrators, and the user that the process runs as may open it.
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "access_rules.h"
#include "base/result.h"
#include "signals.h"

namespace midge {

// A signal that came by the pipe. Shared by the thread of the pipe and the one that serves signals.
class SignalQuestion {
  public:
    explicit SignalQuestion(ServiceSignal signal);
    SignalQuestion(const SignalQuestion&) = delete;
    SignalQuestion& operator=(const SignalQuestion&) = delete;
    [[nodiscard]] ServiceSignal signal() const noexcept { return signal_; }
    // Called once.
    void answer(const Result<std::string>& outcome);

  private:
    friend class SignalPipe;
    const ServiceSignal signal_;
    const SystemHandle answered_;  // an event
    std::string answer_;           // once the event is set
};

// The pipe of this process. It takes one question after the other, on a thread of its own, and
// pushes each to the queue of signals (signal_queue.h). If the pipe cannot be made, an error goes
// to the Event Log or to stderr, and nobody can ask.
class SignalPipe {
  public:
    SignalPipe();
    ~SignalPipe();
    SignalPipe(const SignalPipe&) = delete;
    SignalPipe& operator=(const SignalPipe&) = delete;

  private:
    struct Serving;
    std::unique_ptr<Serving> serving_;  // null: there is no pipe
};

// Asks a process ("reload" or "diff") and waits for its answer. Fails with not_found if it has no
// pipe, and so is no midged; with denied if this user may not ask it; with unavailable if it ends
// meanwhile; with timeout after `time_max`; and with failed if that is the answer.
[[nodiscard]] Result<std::string> ask_by_pipe(uint32_t process, const std::string& question,
                                              std::chrono::milliseconds time_max);

}  // namespace midge
