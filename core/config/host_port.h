#pragma once
// Addresses as texts, read as Go reads them, in whose words the errors are.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace midge {

// "host:4222", "[::1]:4222", ":4222" -> host without brackets, and what stands for the port. Fails
// with "address ::1: too many colons in address" and the like.
[[nodiscard]] Result<std::pair<std::string_view, std::string_view>> split_host_port(
    std::string_view text);

// Digits that may have a sign. Fails with `strconv.Atoi: parsing "b": invalid syntax`.
[[nodiscard]] Result<int64_t> parse_go_integer(std::string_view text);

// What clients are told of where a server is; a port that is missing, 0 or -1 is `port`.
[[nodiscard]] Result<std::pair<std::string, int>> parse_advertised(const std::string& text,
                                                                   int port);

}  // namespace midge
