#include <windows.h>

#include <algorithm>
#include <array>
#include <utility>

#include "pipe_connection.h"

namespace midge {
namespace {

// INFINITE, which is the largest number, means no limit to Windows.
DWORD wait_milliseconds(std::chrono::milliseconds time) {
    return static_cast<DWORD>(std::clamp<int64_t>(time.count(), 0, INFINITE - 1));
}

struct Transfer {
    PipeConnection::Outcome outcome = PipeConnection::Outcome::failed;
    DWORD bytes = 0;
};

// Waits for the end of a transfer. `begun`: the result of the call that has begun it, directly
// after that call. `stop` may be null.
Transfer finish_transfer(HANDLE pipe, OVERLAPPED& io, bool begun, HANDLE stop, DWORD milliseconds) {
    Transfer transfer;
    if (!begun && ::GetLastError() != ERROR_IO_PENDING) return transfer;
    const std::array<HANDLE, 2> events{io.hEvent, stop};
    const DWORD count = stop == nullptr ? 1 : 2;
    const DWORD which = ::WaitForMultipleObjects(count, events.data(), FALSE, milliseconds);
    if (which != WAIT_OBJECT_0) {
        ::CancelIoEx(pipe, &io);
        transfer.outcome = which == WAIT_TIMEOUT ? PipeConnection::Outcome::late
                                                 : PipeConnection::Outcome::stopped;
    }
    // After a cancellation too, because the system uses `io` until the transfer has ended.
    const bool good = ::GetOverlappedResult(pipe, &io, &transfer.bytes, TRUE) != 0;
    if (which == WAIT_OBJECT_0 && good) transfer.outcome = PipeConnection::Outcome::done;
    return transfer;
}

}  // namespace

SystemHandle make_system_event() {
    return SystemHandle(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
}

PipeConnection::PipeConnection(SystemHandle pipe, void* stop)
    : pipe_(std::move(pipe)), moved_(make_system_event()), stop_(stop) {}

PipeConnection::Outcome PipeConnection::accept() {
    OVERLAPPED io{};
    io.hEvent = moved_.get();
    const bool begun = ::ConnectNamedPipe(pipe_.get(), &io) != 0;
    // A client may be faster than this call.
    if (!begun && ::GetLastError() == ERROR_PIPE_CONNECTED) return Outcome::done;
    return finish_transfer(pipe_.get(), io, begun, stop_, INFINITE).outcome;
}

void PipeConnection::disconnect() {
    ::DisconnectNamedPipe(pipe_.get());
}

PipeConnection::Outcome PipeConnection::read(std::string& message, size_t size_max,
                                             std::chrono::milliseconds time) {
    message.resize(size_max);
    OVERLAPPED io{};
    io.hEvent = moved_.get();
    const bool begun =
        ::ReadFile(pipe_.get(), message.data(), static_cast<DWORD>(size_max), nullptr, &io) != 0;
    const Transfer transfer =
        finish_transfer(pipe_.get(), io, begun, stop_, wait_milliseconds(time));
    message.resize(transfer.outcome == Outcome::done ? transfer.bytes : 0);
    return transfer.outcome;
}

PipeConnection::Outcome PipeConnection::write(std::string_view message,
                                              std::chrono::milliseconds time) {
    OVERLAPPED io{};
    io.hEvent = moved_.get();
    const bool begun = ::WriteFile(pipe_.get(), message.data(), static_cast<DWORD>(message.size()),
                                   nullptr, &io) != 0;
    return finish_transfer(pipe_.get(), io, begun, stop_, wait_milliseconds(time)).outcome;
}

}  // namespace midge
