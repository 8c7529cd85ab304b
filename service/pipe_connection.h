#pragma once
// One end of a named pipe of Windows; for *_windows.cpp files only.
#include <chrono>
#include <string>
#include <string_view>

#include "access_rules.h"

namespace midge {

// Sends and receives messages. Each call waits until it is done, until its time is over, or until
// the event `stop` is set. Used by one thread.
class PipeConnection {
  public:
    enum class Outcome { done, failed, late, stopped };

    // `pipe`: opened with FILE_FLAG_OVERLAPPED, and in the mode of messages. `stop`: an event that
    // outlives this object; null: none.
    PipeConnection(SystemHandle pipe, void* stop);

    // The server's end: waits for the next client, for as long as it takes.
    [[nodiscard]] Outcome accept();
    // The server's end: breaks with the client. What the client has not read yet is lost.
    void disconnect();
    // Receives a message of at most `size_max` bytes; fails on a longer one.
    [[nodiscard]] Outcome read(std::string& message, size_t size_max,
                               std::chrono::milliseconds time);
    [[nodiscard]] Outcome write(std::string_view message, std::chrono::milliseconds time);
    // The HANDLE, for functions that this class does not have.
    [[nodiscard]] void* handle() const noexcept { return pipe_.get(); }

  private:
    const SystemHandle pipe_;
    const SystemHandle moved_;  // an event: what is under way on the pipe is done
    void* const stop_;
};

// Returns an event that stays set once it is set.
[[nodiscard]] SystemHandle make_system_event();

}  // namespace midge
