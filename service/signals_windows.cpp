#include <Poco/Process.h>
#include <fmt/format.h>
#include <windows.h>

#include <array>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "base/windows_text.h"
#include "service_control.h"
#include "service_host.h"
#include "signal_queue.h"
#include "signals.h"

namespace midge {
namespace {

struct Queue {
    std::mutex mutex;
    std::condition_variable filled;
    std::deque<ServiceSignal> signals;
    bool woken = false;  // and not told yet
};

// Windows calls the console's handler with nothing of ours.
Queue& queue() {
    static Queue all;
    return all;
}

// On a thread that Windows makes. For the last three events it ends the process when this returns,
// or after some seconds.
BOOL WINAPI on_console_event(DWORD event) {
    if (event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT) {
        push_signal(ServiceSignal::interrupt);
        return TRUE;
    }
    push_signal(ServiceSignal::terminate);
    ::Sleep(INFINITE);
    return TRUE;
}

}  // namespace

void push_signal(ServiceSignal signal) {
    Queue& all = queue();
    {
        const std::lock_guard lock(all.mutex);
        all.signals.push_back(signal);
    }
    all.filled.notify_one();
}

std::string_view signal_name(ServiceSignal signal) noexcept {
    switch (signal) {
        case ServiceSignal::interrupt:
            return "interrupt";
        case ServiceSignal::terminate:
            return "terminated";
        case ServiceSignal::reload:
            return "hangup";
        case ServiceSignal::diff:
            return "diff";
        case ServiceSignal::reopen_log:
            return "user defined signal 1";
        case ServiceSignal::wake:
            return "wake";
        case ServiceSignal::lame_duck:
            break;
    }
    return "user defined signal 2";
}

// The event by which POCO's programs ask each other to end (Poco::Process::requestTermination), and
// a thread that waits for it. Not Poco::NamedEvent, which ends the process when it cannot wait.
struct SignalWaiter::System {
    HANDLE over = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    HANDLE requested = ::CreateEventW(
        nullptr, FALSE, FALSE,
        to_wide(Poco::ProcessImpl::terminationEventName(Poco::Process::id())).c_str());
    std::thread waiter{[this] { wait(); }};

    void wait() const {
        const std::array<HANDLE, 2> events{over, requested};
        const DWORD which = ::WaitForMultipleObjects(events.size(), events.data(), FALSE, INFINITE);
        if (which == WAIT_OBJECT_0 + 1) {
            push_signal(ServiceSignal::terminate);
        } else if (which != WAIT_OBJECT_0) {
            fmt::print(stderr, "midged: other programs cannot ask it to end: {}\n",
                       windows_error_text(::GetLastError()));
        }
    }

    ~System() {
        ::SetEvent(over);
        waiter.join();
        ::CloseHandle(requested);
        ::CloseHandle(over);
    }
};

SignalWaiter::SignalWaiter() : system_(std::make_unique<System>()) {
    // A service has no console, and must not end when somebody logs off.
    if (!is_hosted()) ::SetConsoleCtrlHandler(on_console_event, TRUE);
}

SignalWaiter::~SignalWaiter() = default;

void SignalWaiter::restore_crash_handlers() const {}

// The service manager has no way to pass it on; the Event Log has it.
void SignalWaiter::answer(const Result<std::string>& /*outcome*/) {}

ServiceSignal SignalWaiter::wait() {
    Queue& all = queue();
    std::unique_lock lock(all.mutex);
    all.filled.wait(lock, [&] { return all.woken || !all.signals.empty(); });
    if (std::exchange(all.woken, false)) return ServiceSignal::wake;
    const ServiceSignal signal = all.signals.front();
    all.signals.pop_front();
    return signal;
}

// A flag instead of an entry of the queue: it cannot fail for want of memory.
void SignalWaiter::wake() noexcept {
    Queue& all = queue();
    {
        const std::lock_guard lock(all.mutex);
        all.woken = true;
    }
    all.filled.notify_one();
}

Result<std::string> send_signal(const std::string& program, const std::string& request) {
    if (auto sent = signal_service(program, request); !sent) return pass(sent);
    return std::string();
}

}  // namespace midge
