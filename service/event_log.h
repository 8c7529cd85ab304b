#pragma once
// The Event Log of Windows; for *_windows.cpp files only.
#include <memory>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/result.h"

namespace midge {

// Writes as one source of the Application log. Usable from any thread.
class EventLog {
  public:
    // Returns null if the system refuses. A source that is not registered works, too, but the
    // viewer adds a remark to its texts.
    [[nodiscard]] static std::unique_ptr<EventLog> open(const std::string& source);
    ~EventLog();
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;

    // Ignores errors, because there is no other place to report them. Long texts are cut, and
    // control characters become blanks.
    void write(LogLevel level, std::string_view text) noexcept;

  private:
    explicit EventLog(void* handle) : handle_(handle) {}
    void* const handle_;
};

// Registers this program's file as the one with the source's messages. Requires the rights of an
// administrator.
[[nodiscard]] Result<> register_event_source(const std::string& source);
[[nodiscard]] Result<> unregister_event_source(
    const std::string& source);  // no error if it is not registered

}  // namespace midge
