#pragma once
// JSON input as Poco's DOM, with limits and without exceptions. For output see base/json_writer.h.
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/json_writer.h"
#include "base/result.h"

namespace midge {

inline constexpr int json_depth_max = 64;
inline constexpr size_t json_bytes_max = 8 * 1024 * 1024;

// Parses text that is exactly one JSON object. Fails on anything else, on input of more than
// `bytes_max` bytes, and on nesting deeper than json_depth_max.
[[nodiscard]] Result<JsonObject> parse_json_object(std::string_view text,
                                                   size_t bytes_max = json_bytes_max);
// Also fails if an object has the same member twice. For signed texts, which every reader must
// understand in the same way.
[[nodiscard]] Result<JsonObject> parse_strict_json_object(std::string_view text,
                                                          size_t bytes_max = json_bytes_max);

// Members of an object. Keys match exactly first, then without regard to case (as Go's decoder
// does). A missing or null member gives `fallback`; a member of another type fails with an error
// that names the key.
[[nodiscard]] Result<std::string> json_string(const JsonObject& object, const std::string& key,
                                              std::string fallback = {});
[[nodiscard]] Result<bool> json_bool(const JsonObject& object, const std::string& key,
                                     bool fallback = false);
[[nodiscard]] Result<int64_t> json_int(const JsonObject& object, const std::string& key,
                                       int64_t fallback = 0);
// Converts a number of the DOM to an integer. Returns no value for other types, for numbers beyond
// 64 bits, and for numbers below -2^53, which Poco reads through a double and changes.
[[nodiscard]] std::optional<int64_t> json_to_int(const Poco::Dynamic::Var& value);
// Returns a null pointer if the member is missing.
[[nodiscard]] Result<JsonObject> json_object(const JsonObject& object, const std::string& key);
[[nodiscard]] Result<JsonArray> json_array(const JsonObject& object, const std::string& key);
[[nodiscard]] Result<std::vector<std::string>> json_strings(const JsonObject& object,
                                                            const std::string& key);
// Returns the stored spelling of `key` in `object`, or an empty string if there is none.
[[nodiscard]] std::string json_find_key(const JsonObject& object, const std::string& key);

}  // namespace midge
