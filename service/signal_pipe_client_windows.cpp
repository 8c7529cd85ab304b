// The side of those who ask; signal_pipe_windows.cpp has that of the server.
#include <windows.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/windows_text.h"
#include "pipe_connection.h"
#include "signal_answer_text.h"
#include "signal_pipe.h"
#include "signal_pipe_name.h"

namespace midge {
namespace {

std::chrono::milliseconds time_until(SteadyClock::time_point deadline) {
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now()),
                    std::chrono::milliseconds(0));
}

// Waits while the process answers others.
Result<SystemHandle> open_signal_pipe(const std::string& name, SteadyClock::time_point deadline,
                                      std::chrono::milliseconds time_max) {
    const std::wstring wide = to_wide(name);
    bool existed = false;
    while (true) {
        // The server may learn who asks, but may not act in the asker's name.
        const HANDLE pipe = ::CreateFileW(
            wide.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
            FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr);
        if (pipe != INVALID_HANDLE_VALUE) return SystemHandle(pipe);
        const DWORD error = ::GetLastError();
        if (error == ERROR_FILE_NOT_FOUND && existed) return ended_before_answer();
        if (error == ERROR_FILE_NOT_FOUND)
            return fail(Errc::not_found, "no midged runs as this process");
        if (error == ERROR_ACCESS_DENIED)
            return fail(Errc::denied,
                        fmt::format("{}: {} Run it as administrator, or as the user of that "
                                    "process.",
                                    name, windows_error_text(error)));
        if (error != ERROR_PIPE_BUSY) return windows_error(name, error);
        existed = true;
        const auto left = time_until(deadline);
        if (left.count() == 0) return no_answer_after(time_max);
        // Whatever ends this wait, the next attempt tells the reason.
        (void)::WaitNamedPipeW(wide.c_str(), static_cast<DWORD>(left.count()));
    }
}

// A pipe of another process with this name would get the question, and could answer anything.
Result<> check_server(HANDLE pipe, uint32_t process, const std::string& name) {
    ULONG server = 0;
    if (::GetNamedPipeServerProcessId(pipe, &server) == 0)
        return windows_error(name, ::GetLastError());
    if (server == process) return {};
    return fail(Errc::denied,
                fmt::format("{} belongs to process {}, which is another one", name, server));
}

}  // namespace

Result<std::string> ask_by_pipe(uint32_t process, const std::string& question,
                                std::chrono::milliseconds time_max) {
    const auto deadline = SteadyClock::now() + time_max;
    const std::string name = signal_pipe_name(process);
    auto pipe = open_signal_pipe(name, deadline, time_max);
    if (!pipe) return pass(pipe);
    if (auto checked = check_server(pipe->get(), process, name); !checked) return pass(checked);
    DWORD mode = PIPE_READMODE_MESSAGE;
    if (::SetNamedPipeHandleState(pipe->get(), &mode, nullptr, nullptr) == 0)
        return windows_error(name, ::GetLastError());
    PipeConnection connection(std::move(*pipe), nullptr);
    std::string answer;
    auto outcome = connection.write(question, time_until(deadline));
    if (outcome == PipeConnection::Outcome::done)
        outcome = connection.read(answer, answer_bytes_max, time_until(deadline));
    if (outcome == PipeConnection::Outcome::late) return no_answer_after(time_max);
    if (outcome != PipeConnection::Outcome::done) return ended_before_answer();
    return decode_answer(std::move(answer));
}

}  // namespace midge
