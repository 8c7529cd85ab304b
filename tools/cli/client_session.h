#pragma once
// A connection with the notes and reconnects that all commands of `midge` have, and the event that
// ends a waiting command.
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "connection.h"
#include "stop_event.h"

namespace midge::cli {

class ClientSession {
  public:
    // Reconnects without limit, with increasing pauses. Prints a note when the connection is lost.
    [[nodiscard]] static Result<std::unique_ptr<ClientSession>> open(ConnectSettings settings);

    [[nodiscard]] Connection& connection() noexcept { return *connection_; }
    [[nodiscard]] StopEvent& stop() noexcept { return stop_; }
    // Waits for the stop event. Prints errors of the server meanwhile (at other times, the call
    // that caused the error fails). Returns true if the event is set, and false if `wait` has
    // passed first. Fails if the connection was ended by the other side.
    [[nodiscard]] Result<bool> wait(std::optional<std::chrono::milliseconds> wait = {});

  private:
    explicit ClientSession(StopEvent stop) : stop_(std::move(stop)) {}
    [[nodiscard]] ConnectionCallbacks callbacks();

    StopEvent stop_;
    std::atomic<bool> waiting_ = false;
    std::mutex mutex_;
    std::string close_reason_;
    // Last, so that no callback runs after the other members are destroyed.
    std::unique_ptr<Connection> connection_;
};

}  // namespace midge::cli
