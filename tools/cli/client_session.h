#pragma once
// A connection with the notes and reconnects that the commands of `midge` have in common, and the
// event that ends a command that waits.
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
    // Reconnects for ever, with growing waits; a lost connection is noted.
    [[nodiscard]] static Result<std::unique_ptr<ClientSession>> open(ConnectSettings settings);

    [[nodiscard]] Connection& connection() noexcept { return *connection_; }
    [[nodiscard]] StopEvent& stop() noexcept { return stop_; }
    // Waits for the stop event, noting what the server complains of meanwhile (at other times the
    // call that caused it fails). True when set, false when `wait` passed first. Fails if the
    // connection was ended by other than us.
    [[nodiscard]] Result<bool> wait(std::optional<std::chrono::milliseconds> wait = {});

  private:
    explicit ClientSession(StopEvent stop) : stop_(std::move(stop)) {}
    [[nodiscard]] ConnectionCallbacks callbacks();

    StopEvent stop_;
    std::atomic<bool> waiting_ = false;
    std::mutex mutex_;
    std::string close_reason_;
    // Last, so that no callback runs when the others go.
    std::unique_ptr<Connection> connection_;
};

}  // namespace midge::cli
