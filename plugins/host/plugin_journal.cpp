#include "host/plugin_journal.h"

#include <fmt/format.h>

#include "host/host_tables.h"

namespace midge {

void PluginJournal::write(int level, midge_text line) {
    const std::string text = plugin_line(line);
    const LogLevel log_level = plugin_log_level(level);
    log_.log(log_level, "{}: {}", name_, text);
    if (log_level != LogLevel::error) return;
    const std::lock_guard lock(mutex_);
    last_error_ = text;
}

std::string PluginJournal::reason(int status) const {
    const std::lock_guard lock(mutex_);
    if (last_error_.empty()) return fmt::format("{}: create failed with status {}", name_, status);
    return fmt::format("{}: {}", name_, last_error_);
}

}  // namespace midge
