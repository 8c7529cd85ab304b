#include <Poco/Process.h>
#include <fmt/format.h>
#include <windows.h>

#include <array>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/windows_text.h"
#include "pid_text.h"
#include "service_control.h"
#include "service_host.h"
#include "signal_answer_text.h"
#include "signal_pipe.h"
#include "signal_queue.h"
#include "signals.h"

namespace midge {
namespace {

struct QueuedSignal {
    ServiceSignal signal;
    std::shared_ptr<SignalQuestion> question;  // null: nobody waits for an answer
};

struct Queue {
    std::mutex mutex;
    std::condition_variable filled;
    std::deque<QueuedSignal> signals;
    bool woken = false;  // and not told yet
};

// Windows calls the console's handler with nothing of ours.
Queue& queue() {
    static Queue all;
    return all;
}

void push_queued(QueuedSignal queued) {
    Queue& all = queue();
    {
        const std::lock_guard lock(all.mutex);
        all.signals.push_back(std::move(queued));
    }
    all.filled.notify_one();
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

// The process that a user asks.
struct Asked {
    uint32_t process = 0;
    bool is_service = false;
};

Result<Asked> find_service(const std::string& name) {
    auto process = service_process(name);
    if (!process) return pass(process);
    return Asked{*process, true};
}

// `name`: of a service; or the id of a process, or a file with it.
Result<Asked> find_asked(const std::string& name) {
    auto service = find_service(name);
    if (service || service.error().code != Errc::not_found) return service;
    auto text = pid_text(name);
    if (!text) return pass(text);
    auto id = parse_pid(*text);
    if (id) return Asked{static_cast<uint32_t>(*id), false};
    // A word that is neither a number nor a file is meant as the name of a service.
    if (*text == name) return service;
    return pass(id);
}

// A service of another program understands the request of the service manager alone.
Result<std::string> signal_other_service(const std::string& program, const std::string& request,
                                         uint32_t process) {
    if (auto sent = signal_service(program, request); !sent) return pass(sent);
    return answer_line(process, "has got the request, and does not say what comes of it");
}

// `question`: "reload" or "diff"; `request`: the whole text behind --signal.
Result<std::string> ask(const std::string& program, const std::string& request,
                        const std::string& question, const Asked& asked) {
    auto answer = ask_by_pipe(asked.process, question, signal_answer_max);
    if (answer) return answer_line(asked.process, *answer);
    if (answer.error().code == Errc::not_found) {
        if (question == "diff") {
            answer = knows_no_diff();
        } else if (asked.is_service) {
            return signal_other_service(program, request, asked.process);
        }
    }
    return fail(answer.error().code,
                signal_failure_line(question, asked.process, answer.error().text));
}

}  // namespace

void push_signal(ServiceSignal signal) {
    push_queued({signal, nullptr});
}

void push_question(std::shared_ptr<SignalQuestion> question) {
    const ServiceSignal signal = question->signal();
    push_queued({signal, std::move(question)});
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
    SignalPipe pipe;
    std::shared_ptr<SignalQuestion> question;  // of the last signal; null: nobody waits
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

void SignalWaiter::answer(const Result<std::string>& outcome) {
    if (const auto asked = std::exchange(system_->question, nullptr)) asked->answer(outcome);
}

ServiceSignal SignalWaiter::wait() {
    Queue& all = queue();
    std::unique_lock lock(all.mutex);
    all.filled.wait(lock, [&] { return all.woken || !all.signals.empty(); });
    if (std::exchange(all.woken, false)) return ServiceSignal::wake;
    QueuedSignal next = std::move(all.signals.front());
    all.signals.pop_front();
    system_->question = std::move(next.question);
    return next.signal;
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

// "reload" and "diff" do not go through the service manager, because it cannot pass an answer on.
Result<std::string> send_signal(const std::string& program, const std::string& request) {
    const std::vector<std::string_view> parts = split(request, '=');
    const std::string command(parts[0]);
    if (parts.size() > 2 || (command != "reload" && command != "diff")) {
        if (auto sent = signal_service(program, request); !sent) return pass(sent);
        return std::string();
    }
    auto asked = parts.size() == 2 ? find_asked(std::string(parts[1])) : find_service(program);
    if (!asked) return pass(asked);
    return ask(program, request, command, *asked);
}

}  // namespace midge
