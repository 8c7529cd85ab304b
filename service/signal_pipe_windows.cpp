// The side of the server; signal_pipe_client_windows.cpp has that of those who ask.
#include <windows.h>

#include <array>
#include <thread>
#include <utility>

#include "base/windows_text.h"
#include "pipe_connection.h"
#include "process_info.h"
#include "service_host.h"
#include "signal_answer_text.h"
#include "signal_pipe.h"
#include "signal_pipe_name.h"
#include "signal_queue.h"

namespace midge {
namespace {

// Someone who has opened the pipe, and then neither writes nor reads, holds up others for so long
// at most.
constexpr std::chrono::seconds asker_wait{5};
// The pause after an error of the system, which may be short of memory.
constexpr DWORD pause_milliseconds = 100;

// All rights for the system (SY), for administrators (BA) and for the user of this process; no
// right for anybody else.
Result<SystemMemory<void>> pipe_rules() {
    auto user = own_sid();
    if (!user) return pass(user);
    return parse_access_rules(fmt::format("D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;{})", *user));
}

Result<SystemHandle> make_signal_pipe() {
    auto rules = pipe_rules();
    if (!rules) return pass(rules);
    SECURITY_ATTRIBUTES security{
        .nLength = sizeof security, .lpSecurityDescriptor = rules->get(), .bInheritHandle = FALSE};
    const std::string name = signal_pipe_name(static_cast<uint32_t>(current_process_id()));
    // The flag of the first instance refuses a pipe that somebody else has made under this name.
    const HANDLE pipe = ::CreateNamedPipeW(
        to_wide(name).c_str(),
        PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
        PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1,
        answer_bytes_max, signal_question_bytes_max, 0, &security);
    if (pipe == INVALID_HANDLE_VALUE) return windows_error(name, ::GetLastError());
    return SystemHandle(pipe);
}

}  // namespace

SignalQuestion::SignalQuestion(ServiceSignal signal)
    : signal_(signal), answered_(make_system_event()) {}

void SignalQuestion::answer(const Result<std::string>& outcome) {
    answer_ = encode_answer(outcome);
    ::SetEvent(answered_.get());
}

// Made by the thread that owns the SignalPipe; then `thread` uses all of it.
struct SignalPipe::Serving {
    explicit Serving(SystemHandle made) : pipe(std::move(made), stop.get()) {
        thread = std::thread([this] { run(); });
    }
    ~Serving() {
        ::SetEvent(stop.get());
        thread.join();
    }
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;

    void run() {
        while (serve_one()) pipe.disconnect();
    }

    // False: the process ends.
    bool serve_one() {
        const PipeConnection::Outcome asked = pipe.accept();
        if (asked == PipeConnection::Outcome::stopped) return false;
        if (asked != PipeConnection::Outcome::done)  // the asker has gone already, for example
            return ::WaitForSingleObject(stop.get(), pause_milliseconds) == WAIT_TIMEOUT;
        std::string text;
        const auto received = pipe.read(text, signal_question_bytes_max, asker_wait);
        if (received == PipeConnection::Outcome::stopped) return false;
        if (text != "reload" && text != "diff") return true;
        const auto question = std::make_shared<SignalQuestion>(
            text == "diff" ? ServiceSignal::diff : ServiceSignal::reload);
        push_question(question);
        const std::array<HANDLE, 2> events{stop.get(), question->answered_.get()};
        if (::WaitForMultipleObjects(events.size(), events.data(), FALSE, INFINITE) !=
            WAIT_OBJECT_0 + 1)
            return false;
        if (pipe.write(question->answer_, asker_wait) != PipeConnection::Outcome::done) return true;
        // The asker closes its end when it has read the answer, which a disconnection would drop.
        return pipe.read(text, signal_question_bytes_max, asker_wait) !=
               PipeConnection::Outcome::stopped;
    }

    const SystemHandle stop = make_system_event();
    PipeConnection pipe;
    std::thread thread;
};

SignalPipe::SignalPipe() {
    auto pipe = make_signal_pipe();
    if (pipe) {
        serving_ = std::make_unique<Serving>(std::move(*pipe));
        return;
    }
    const std::string text =
        "--signal reload and --signal diff cannot ask this process: " + pipe.error().text;
    write_unfiled_log(LogLevel::error, "midged: " + text + "\n", text);
}

SignalPipe::~SignalPipe() = default;

}  // namespace midge
