#pragma once
// The log lines of one plugin instance.
#include <fmt/format.h>

#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "abi/midge_plugin.h"
#include "base/log.h"

namespace midge {

// Adds the plugin's name to its log lines, and remembers the last error as the reason of a failed
// create(). Owned by the host's side of an instance; usable from any thread.
class PluginJournal {
  public:
    PluginJournal(std::string name, Logger& log) : name_(std::move(name)), log_(log) {}

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    // A line of the plugin; `level` of midge_log_level.
    void write(int level, midge_text line);
    // A warning of the host about the plugin.
    template <class... Args>
    void warn(fmt::format_string<Args...> format, Args&&... args) const {
        put(LogLevel::warn, fmt::format(format, std::forward<Args>(args)...));
    }
    // Why create() failed with `status`: "resolver-dir: \"dir\" is missing".
    [[nodiscard]] std::string reason(int status) const;

  private:
    void put(LogLevel level, std::string_view text) const;

    const std::string name_;
    Logger& log_;
    mutable std::mutex mutex_;
    std::string last_error_;
};

}  // namespace midge
