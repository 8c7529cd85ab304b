#include "client_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>

#include "terminal.h"

namespace midge::cli {
namespace {

constexpr std::chrono::milliseconds reconnect_wait_first{500};
constexpr std::chrono::milliseconds reconnect_wait_max{20'000};
constexpr int reconnect_doublings_max = 6;

std::chrono::milliseconds growing_delay(int attempt) {
    const int doublings = std::clamp(attempt - 1, 0, reconnect_doublings_max);
    return std::min(reconnect_wait_first * (1 << doublings), reconnect_wait_max);
}

}  // namespace

Result<std::unique_ptr<ClientSession>> ClientSession::open(ConnectSettings settings) {
    Result<StopEvent> stop = StopEvent::create();
    if (!stop) return pass(stop);
    settings.reconnects_max = INT_MAX;
    settings.reconnect_delay = growing_delay;
    std::unique_ptr<ClientSession> self(new ClientSession(std::move(*stop)));
    Result<std::unique_ptr<Connection>> connection = Connection::open(settings, self->callbacks());
    if (!connection) return pass(connection);
    self->connection_ = std::move(*connection);
    return self;
}

ConnectionCallbacks ClientSession::callbacks() {
    ConnectionCallbacks calls;
    calls.disconnected = [](std::string_view reason) {
        note(fmt::format(">>> Disconnected due to: {}, will attempt reconnect", reason));
    };
    calls.reconnected = [](std::string_view url) {
        note(fmt::format(">>> Reconnected to {}", url));
    };
    calls.error = [this](std::string_view text) {
        if (waiting_) note(fmt::format(">>> Unexpected NATS error: {}", text));
    };
    calls.closed = [this](std::string_view reason) {
        {
            const std::lock_guard lock(mutex_);
            close_reason_ = reason.empty() ? "nats: connection closed" : reason;
        }
        stop_.set();
    };
    return calls;
}

Result<bool> ClientSession::wait(std::optional<std::chrono::milliseconds> wait) {
    waiting_ = true;
    const bool stopped = stop_.wait(wait);
    const std::lock_guard lock(mutex_);
    if (!close_reason_.empty()) return fail(Errc::unavailable, close_reason_);
    return stopped;
}

}  // namespace midge::cli
