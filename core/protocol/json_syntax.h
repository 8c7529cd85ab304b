#pragma once
// JSON as nats-server's decoder accepts it, with its error texts. For input of clients; the DOM of
// base/json.h is stricter and is for files and tokens.
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// The depth of arrays and objects.
inline constexpr size_t json_nesting_max = 10000;

// Checks that `text` is one JSON value. Strings may contain any bytes from 0x20 on. The error shows
// at most one character of the text.
[[nodiscard]] Result<> check_json(std::string_view text);

// The following three functions require texts that check_json() has accepted.
// Returns the value at the start of `text`.
[[nodiscard]] std::string_view first_json_value(std::string_view text);
// Returns `text` without the blanks at its start.
[[nodiscard]] std::string_view skip_json_blanks(std::string_view text);
// Returns the value of a string literal, which includes its quotes. Bytes that are not UTF-8, and
// halves of surrogate pairs, become U+FFFD.
[[nodiscard]] std::string json_unquote(std::string_view literal);

}  // namespace midge
