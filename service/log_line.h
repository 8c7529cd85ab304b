#pragma once
// One line of the log, as nats-server writes it (docs/protocol/service.md, Log lines), or as JSON.
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"

namespace midge {

struct LogLineForm {
    int process_id = 0;
    bool time = true;
    bool utc = false;
    bool color = false;
    bool json = false;
};

// "[4711] 2026/11/22 11:39:54.042354 [INF] text\n". Control characters in `text` are escaped, so
// that one event stays one line whatever a client is called. As JSON:
// {"time":"2026-11-22T11:39:54.042354Z","level":"info","pid":4711,"text":"...","cid":5,...}, with
// the fields, and without that beginning of the text that says the same.
[[nodiscard]] std::string log_line(const LogLineForm& form, LogLevel level, WallNanos time,
                                   const LogEntry& entry);
[[nodiscard]] std::string log_line(const LogLineForm& form, LogLevel level, WallNanos time,
                                   std::string_view text);

// What a syslog is sent as the text of a line: it writes the time, the level and the process
// itself.
[[nodiscard]] std::string log_text(const LogLineForm& form, LogLevel level, WallNanos time,
                                   const LogEntry& entry);

// "2026-11-22T11:39:54.042354+01:00", or "Z" at the end in UTC.
[[nodiscard]] std::string iso_time(WallNanos time, bool utc, bool with_micros);

}  // namespace midge
