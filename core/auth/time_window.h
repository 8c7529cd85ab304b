#pragma once
// Hours of the day in which a user may be connected.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/claims.h"
#include "base/result.h"

namespace midge {

// Seconds since midnight of "HH:MM:SS"; nothing if the text is not such a time.
[[nodiscard]] std::optional<int> parse_time_of_day(std::string_view text);

// Whether the system knows the IANA zone.
[[nodiscard]] bool is_time_zone(const std::string& name);

// The second (since 1970 UTC) at which the window that `now` is in ends; 0 without windows. Windows
// are in the zone's local time, an empty zone is the server's; one that ends before it starts goes
// over midnight. Fails with Errc::denied outside all windows or if the zone or a time is not valid.
[[nodiscard]] Result<int64_t> window_end(const std::vector<TimeRange>& windows,
                                         const std::string& zone, int64_t now);

}  // namespace midge
