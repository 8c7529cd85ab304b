#pragma once
// The Event Log of Windows; for *_windows.cpp files only.
#include <memory>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/result.h"

namespace midge {

// Writes as one source of the Application log. Safe from any thread.
class EventLog {
  public:
    // Null if the system refuses. A source that nobody registered works too; only the viewer then
    // puts a remark before its texts.
    [[nodiscard]] static std::unique_ptr<EventLog> open(const std::string& source);
    ~EventLog();
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;

    // Trouble is ignored: there is no other place to tell of it. Long texts are cut, control
    // characters become blanks.
    void write(LogLevel level, std::string_view text) noexcept;

  private:
    explicit EventLog(void* handle) : handle_(handle) {}
    void* const handle_;
};

// Tells the viewer where the source's messages are: in this program's file. Needs an administrator.
[[nodiscard]] Result<> register_event_source(const std::string& source);
[[nodiscard]] Result<> unregister_event_source(
    const std::string& source);  // an unknown one is fine

}  // namespace midge
