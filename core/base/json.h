#pragma once
// Poco::JSON at our edge: input as a DOM with limits and without exceptions, output through its PrintHandler.
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/PrintHandler.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge {

inline constexpr int json_depth_max = 64;
inline constexpr size_t json_bytes_max = 8 * 1024 * 1024;

using JsonObject = Poco::JSON::Object::Ptr;
using JsonArray = Poco::JSON::Array::Ptr;

// One JSON object and nothing after it. Fails on anything else, and on input over `bytes_max` bytes or nested deeper than
// json_depth_max.
[[nodiscard]] Result<JsonObject> parse_json_object(std::string_view text, size_t bytes_max = json_bytes_max);

// Members of an object. Keys match exactly first, then without regard to case (as Go's decoder does). A missing or null
// member gives `fallback`; a member of another type fails with an error that names the key.
[[nodiscard]] Result<std::string> json_string(const JsonObject& object, const std::string& key, std::string fallback = {});
[[nodiscard]] Result<bool> json_bool(const JsonObject& object, const std::string& key, bool fallback = false);
[[nodiscard]] Result<int64_t> json_int(const JsonObject& object, const std::string& key, int64_t fallback = 0);
// A null pointer when missing.
[[nodiscard]] Result<JsonObject> json_object(const JsonObject& object, const std::string& key);
[[nodiscard]] Result<JsonArray> json_array(const JsonObject& object, const std::string& key);
[[nodiscard]] Result<std::vector<std::string>> json_strings(const JsonObject& object, const std::string& key);
// The stored spelling of `key` in `object`, empty if there is none.
[[nodiscard]] std::string json_find_key(const JsonObject& object, const std::string& key);

// Writes one JSON value with the member order of the calls. `indent` 0: compact, as the server's events are.
class JsonWriter {
  public:
    explicit JsonWriter(unsigned indent = 0) : printer_(out_, indent, Poco::JSON_WRAP_STRINGS) {}

    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);
    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(bool flag);
    JsonWriter& value(int64_t number);
    JsonWriter& value(uint64_t number);
    JsonWriter& value(int number) { return value(static_cast<int64_t>(number)); }
    JsonWriter& value(unsigned number) { return value(static_cast<uint64_t>(number)); }
    JsonWriter& value(double number);
    JsonWriter& null();

    template <class T>
    JsonWriter& field(std::string_view name, const T& v) {
        return key(name).value(v);
    }
    // Left out when empty, zero or false (Go's omitempty; "(oe)" in the spec).
    template <class T>
    JsonWriter& field_oe(std::string_view name, const T& v) {
        return v == T{} ? *this : key(name).value(v);
    }

    [[nodiscard]] std::string take() { return std::move(out_).str(); }

  private:
    std::ostringstream out_;
    Poco::JSON::PrintHandler printer_;
};

}  // namespace midge
