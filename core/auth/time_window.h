#pragma once
// The hours of the day in which a user may be connected.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/claims.h"
#include "base/result.h"

namespace midge {

// Returns the seconds since midnight of "HH:MM:SS"; no value if the text is not such a time.
[[nodiscard]] std::optional<int> parse_time_of_day(std::string_view text);

// Whether the system knows the IANA zone.
[[nodiscard]] bool is_time_zone(const std::string& name);

// Returns the second (since 1970 UTC) at which the window that contains `now` ends; 0 without
// windows. Windows are in the local time of the zone (empty: the server's zone). A window that ends
// before it starts includes midnight. Fails with Errc::denied if `now` is outside all windows, or
// if the zone or a time is invalid.
[[nodiscard]] Result<int64_t> window_end(const std::vector<TimeRange>& windows,
                                         const std::string& zone, int64_t now);

}  // namespace midge
