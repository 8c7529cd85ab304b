#pragma once
// "It is time to end": set by a signal, by a handler that has seen enough, or by a lost connection;
// awaited by the main thread. One implementation per system (stop_event_linux.cpp, ...).
#include <chrono>
#include <optional>

#include "base/result.h"

namespace midge::cli {

class StopEvent {
  public:
    [[nodiscard]] static Result<StopEvent> create();
    ~StopEvent();
    StopEvent(StopEvent&& other) noexcept;
    StopEvent(const StopEvent&) = delete;
    StopEvent& operator=(const StopEvent&) = delete;
    StopEvent& operator=(StopEvent&&) = delete;

    // From any thread and from signal handlers. Setting it again does nothing.
    void set() noexcept;
    // True when set, false when `wait` passed first; without `wait` it waits for ever.
    [[nodiscard]] bool wait(std::optional<std::chrono::milliseconds> wait = {}) noexcept;

    // Ctrl-C and the system's request to end set this event from now on. For one event per process.
    void set_on_signals() noexcept;

  private:
    explicit StopEvent(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace midge::cli
