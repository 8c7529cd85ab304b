#include "host/plugin_journal.h"

#include <fmt/format.h>

#include "host/host_tables.h"

namespace midge {

void PluginJournal::write(int level, midge_text line) {
    const std::string text = plugin_line(line);
    const LogLevel log_level = plugin_log_level(level);
    put(log_level, text);
    if (log_level != LogLevel::error) return;
    const std::lock_guard lock(mutex_);
    last_error_ = text;
}

void PluginJournal::put(LogLevel level, std::string_view text) const {
    if (!log_.enabled(level)) return;
    const std::string line = fmt::format("{}: {}", name_, text);
    if (log_.takes_fields()) {
        log_.write_entry(level, {line, line.size() - text.size(), LogFields{{"plugin", name_}}});
    } else {
        log_.write(level, line);
    }
}

std::string PluginJournal::reason(int status) const {
    const std::lock_guard lock(mutex_);
    if (last_error_.empty()) return fmt::format("{}: create failed with status {}", name_, status);
    return fmt::format("{}: {}", name_, last_error_);
}

}  // namespace midge
