#pragma once
// The settings of a plugin: a JSON object with known keys.
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/result.h"

namespace midge {

// Fails if the text is not an object, or has a key that is not in `known` (ignoring case). The
// error names the key.
[[nodiscard]] Result<JsonObject> parse_settings(std::string_view json,
                                                std::initializer_list<std::string_view> known);
// The same check for an object within the settings; `where` is its key.
[[nodiscard]] Result<> check_known(const JsonObject& settings, std::string_view where,
                                   std::initializer_list<std::string_view> known);

// An integer in min..max; `fallback` when missing.
[[nodiscard]] Result<int64_t> int_setting(const JsonObject& settings, const std::string& key,
                                          int64_t fallback, int64_t min, int64_t max);
// Returns a text that must be present and not empty.
[[nodiscard]] Result<std::string> required_setting(const JsonObject& settings,
                                                   const std::string& key);

// Returns the value, or throws the error; constructors of plugins report errors by exceptions.
template <class T>
[[nodiscard]] T value_or_throw(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text);
    return std::move(*result);
}

}  // namespace midge
