#pragma once
// Logging interface of the core. The service decides where lines go (service/log_channels.h).
#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/log_fields.h"

namespace midge {

enum class LogLevel { trace, debug, info, warn, error, fatal };

// One call writes one line about one event, without a newline at the end and without secrets.
// Implementations may be called from any thread, never throw, and never wait for a disk or peer.
class Logger {
  public:
    virtual ~Logger() = default;
    [[nodiscard]] virtual bool enabled(LogLevel level) const noexcept = 0;
    virtual void write(LogLevel level, std::string_view line) noexcept = 0;
    // Whether the log shows fields. If not, nobody need collect them.
    [[nodiscard]] virtual bool takes_fields() const noexcept { return false; }
    // As write(), for a line with fields.
    virtual void write_entry(LogLevel level, const LogEntry& entry) noexcept {
        write(level, entry.text);
    }

    // A line whose text says the same as the fields, or more: a log of text has the text alone.
    template <class... Args>
    void log_with(LogLevel level, std::initializer_list<LogField> fields,
                  fmt::format_string<Args...> format, Args&&... args) {
        if (!enabled(level)) return;
        const std::string text = fmt::format(format, std::forward<Args>(args)...);
        if (takes_fields()) {
            write_entry(level, {text, 0, LogFields(fields)});
        } else {
            write(level, text);
        }
    }
    template <class... Args>
    void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
        if (enabled(level)) write(level, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args>
    void trace(fmt::format_string<Args...> format, Args&&... args) {
        log(LogLevel::trace, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void debug(fmt::format_string<Args...> format, Args&&... args) {
        log(LogLevel::debug, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void info(fmt::format_string<Args...> format, Args&&... args) {
        log(LogLevel::info, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void warn(fmt::format_string<Args...> format, Args&&... args) {
        log(LogLevel::warn, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void error(fmt::format_string<Args...> format, Args&&... args) {
        log(LogLevel::error, format, std::forward<Args>(args)...);
    }
};

// Discards everything; for tests and for programs that embed the core without a log.
class NullLogger final : public Logger {
  public:
    [[nodiscard]] bool enabled(LogLevel) const noexcept override { return false; }
    void write(LogLevel, std::string_view) noexcept override {}
};

}  // namespace midge
