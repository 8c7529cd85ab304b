#pragma once
// JSON as nats-server's decoder takes it: which texts are JSON, and its words for those that are
// not. For what clients send; the DOM of base/json.h is stricter, and is for files and tokens.
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// Of arrays and objects within each other.
inline constexpr size_t json_nesting_max = 10000;

// Whether `text` is one JSON value. Any bytes from 0x20 on may stand in strings. The error shows at
// most one character of the text.
[[nodiscard]] Result<> check_json(std::string_view text);

// The following three take texts that check_json() has found good.
// The value that `text` begins with.
[[nodiscard]] std::string_view first_json_value(std::string_view text);
// `text` without the blanks that it begins with.
[[nodiscard]] std::string_view skip_json_blanks(std::string_view text);
// What a string literal, quotes included, stands for. Bytes that are not UTF-8, and halves of
// surrogate pairs, become U+FFFD.
[[nodiscard]] std::string json_unquote(std::string_view literal);

}  // namespace midge
