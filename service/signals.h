#pragma once
// Signals to this process, and to another one.
#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"

namespace midge {

inline constexpr std::chrono::seconds signal_answer_max{30};

// What the system asks the service to do, with the name that the log calls it by.
enum class ServiceSignal { interrupt, terminate, reload, diff, reopen_log, lame_duck, wake };
// "interrupt", "hangup": as Go names the signals.
[[nodiscard]] std::string_view signal_name(ServiceSignal signal) noexcept;

// Made by main() before any other thread, which inherit that these signals are not theirs. The main
// thread waits here.
class SignalWaiter {
  public:
    SignalWaiter();
    ~SignalWaiter();
    SignalWaiter(const SignalWaiter&) = delete;
    SignalWaiter& operator=(const SignalWaiter&) = delete;
    // Blocks until the next signal.
    [[nodiscard]] ServiceSignal wait();
    // Tells who sent the last signal, if it was `--signal reload` or `--signal diff`, what became
    // of it: a text, or why it failed. Who sent a plain signal is told nothing. Once for each
    // ServiceSignal::reload and diff.
    void answer(const Result<std::string>& outcome);
    // Makes wait() return ServiceSignal::wake, at least once after each call. Any thread.
    static void wake() noexcept;
    // Puts back what crashes led to when this object was made: POCO's application turns them into
    // plain aborts, which hides the place from core dumps and sanitizers.
    void restore_crash_handlers() const;

  private:
    struct System;
    std::unique_ptr<System> system_;  // what the system needs for it
};

// --signal: `request` is "<stop|quit|term|reopen|reload|diff|ldm>[=<pid, pid file, or prefix*>]";
// without a pid the only other instance of this program is meant. `program` names it in errors
// (docs/protocol/service.md, Signals). "reload" and "diff" wait at most signal_answer_max for each
// midged, and give what they say; they fail if one of them did not, or would not, reload. Other
// servers just get the signal of "reload", and none for "diff", which is Midge's own. On Windows
// "[=<service>]" is meant, by default that of the name `program`; "reload" and "diff" also take a
// pid or a pid file (docs/windows.md, The service).
[[nodiscard]] Result<std::string> send_signal(const std::string& program,
                                              const std::string& request);

}  // namespace midge
