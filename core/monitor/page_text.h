#pragma once
// Texts and JSON members that several monitoring pages have.
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json_writer.h"

namespace midge {

// The duration of an uptime in nanoseconds: "3y2d1h4m5s", "1d2h3m4s", "2h3m4s", "3m4s", "5s".
[[nodiscard]] std::string uptime_text(int64_t nanos);
// A list of texts; omitted if empty.
void write_strings_oe(JsonWriter& out, std::string_view name,
                      const std::vector<std::string>& texts);
// Begins the object of a page: server_id and now.
void begin_page(JsonWriter& out, std::string_view server_id, WallNanos now);

}  // namespace midge
