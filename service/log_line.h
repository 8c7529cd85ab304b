#pragma once
// One line of the log, as nats-server writes it (spec config.md 3).
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
};

// "[4711] 2026/11/22 11:39:54.042354 [INF] text\n". Control characters in `text` are escaped, so
// that one event stays one line whatever a client is called.
[[nodiscard]] std::string log_line(const LogLineForm& form, LogLevel level, WallNanos time,
                                   std::string_view text);

}  // namespace midge
