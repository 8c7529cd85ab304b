#pragma once
// The settings of a plugin: a JSON object in which every key must be known.
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/result.h"

namespace midge {

// Fails on anything but an object, and on a key that is not in `known` (without regard to case),
// naming it.
[[nodiscard]] Result<JsonObject> parse_settings(std::string_view json,
                                                std::initializer_list<std::string_view> known);
// The same check for an object within the settings; `where` is its key.
[[nodiscard]] Result<> check_known(const JsonObject& settings, std::string_view where,
                                   std::initializer_list<std::string_view> known);

// An integer in min..max; `fallback` when missing.
[[nodiscard]] Result<int64_t> int_setting(const JsonObject& settings, const std::string& key,
                                          int64_t fallback, int64_t min, int64_t max);
// A string that must be there and must not be empty.
[[nodiscard]] Result<std::string> required_setting(const JsonObject& settings,
                                                   const std::string& key);

// The value, or the error as the exception that plugin constructors report errors with.
template <class T>
[[nodiscard]] T value_or_throw(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text);
    return std::move(*result);
}

}  // namespace midge
