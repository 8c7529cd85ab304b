#pragma once
// What Windows has instead of signals: requests from the console, the service control manager and
// other processes, in one queue. For *_windows.cpp files only.
#include "signals.h"

namespace midge {

// Makes SignalWaiter::wait() return `signal`, after those pushed before. Any thread; before the
// waiter exists too.
void push_signal(ServiceSignal signal);

}  // namespace midge
