#pragma once
// What Windows has instead of signals: requests from the console, the service control manager and
// other processes, in one queue. For *_windows.cpp files only.
#include <memory>

#include "signals.h"

namespace midge {

class SignalQuestion;

// Makes SignalWaiter::wait() return `signal`, after those pushed before. Any thread; before the
// waiter exists too.
void push_signal(ServiceSignal signal);
// The same for the signal of a question, which SignalWaiter::answer() answers.
void push_question(std::shared_ptr<SignalQuestion> question);

}  // namespace midge
