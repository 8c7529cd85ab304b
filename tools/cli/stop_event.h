#pragma once
// The event that ends the program. A signal, a handler or a lost connection sets it; the main
// thread waits for it. One implementation for each system (stop_event_linux.cpp, ...).
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

    // Callable from any thread and from signal handlers. Setting it again has no effect.
    void set() noexcept;
    // Returns true if the event is set, and false if `wait` has passed first. Without `wait` there
    // is no limit.
    [[nodiscard]] bool wait(std::optional<std::chrono::milliseconds> wait = {}) noexcept;

    // From now on, Ctrl-C and the system's request to stop set this event. Requires: used for only
    // one event of the process.
    void set_on_signals() noexcept;

  private:
    explicit StopEvent(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace midge::cli
