#pragma once
// Parses addresses like Go, with Go's error texts.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace midge {

// Splits "host:4222", "[::1]:4222" or ":4222" into the host without brackets and the text of the
// port. Fails with "address ::1: too many colons in address" and the like.
[[nodiscard]] Result<std::pair<std::string_view, std::string_view>> split_host_port(
    std::string_view text);

// Parses digits with an optional sign. Fails with `strconv.Atoi: parsing "b": invalid syntax`.
[[nodiscard]] Result<int64_t> parse_go_integer(std::string_view text);

// Parses the address that clients are told. A port that is missing, 0 or -1 becomes `port`.
[[nodiscard]] Result<std::pair<std::string, int>> parse_advertised(const std::string& text,
                                                                   int port);

}  // namespace midge
