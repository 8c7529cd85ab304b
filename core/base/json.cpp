#include "base/json.h"

#include <Poco/JSON/JSONException.h>
#include <Poco/JSON/Parser.h>
#include <fmt/format.h>

#include <set>
#include <vector>

#include "base/text.h"

namespace midge {
namespace {

// Looks `key` up; returns an empty Var if the member is missing or null.
Poco::Dynamic::Var member(const JsonObject& object, const std::string& key) {
    const std::string stored = json_find_key(object, key);
    return stored.empty() ? Poco::Dynamic::Var() : object->get(stored);
}

template <class T>
Result<T> wrong_type(const std::string& key, const char* expected) {
    return fail(Errc::invalid, fmt::format("\"{}\" should be {}", key, expected));
}

class UniqueMembersHandler final : public Poco::JSON::ParseHandler {
  public:
    void reset() override {
        members_.clear();
        ParseHandler::reset();
    }
    void startObject() override {
        members_.emplace_back();
        ParseHandler::startObject();
    }
    void endObject() override {
        members_.pop_back();
        ParseHandler::endObject();
    }
    void key(const std::string& name) override {
        if (!members_.back().insert(name).second) {
            throw Poco::JSON::JSONException("an object has the same member twice");
        }
        ParseHandler::key(name);
    }

  private:
    std::vector<std::set<std::string>> members_;  // names used so far, by open object
};

Result<JsonObject> parse_object(std::string_view text, size_t bytes_max,
                                Poco::JSON::Handler::Ptr handler) {
    if (text.size() > bytes_max) {
        return fail(Errc::invalid,
                    fmt::format("JSON of {} bytes, at most {} are taken", text.size(), bytes_max));
    }
    try {
        Poco::JSON::Parser parser(handler);
        parser.setDepth(json_depth_max);
        const Poco::Dynamic::Var value = parser.parse(std::string(text));
        if (value.type() != typeid(JsonObject)) return fail(Errc::invalid, "JSON is not an object");
        return value.extract<JsonObject>();
    } catch (const Poco::Exception& e) {
        return fail(Errc::invalid, fmt::format("invalid JSON: {}", e.message()));
    } catch (const std::exception& e) {
        return fail(Errc::invalid, fmt::format("invalid JSON: {}", e.what()));
    }
}

}  // namespace

Result<JsonObject> parse_json_object(std::string_view text, size_t bytes_max) {
    return parse_object(text, bytes_max, new Poco::JSON::ParseHandler);
}

Result<JsonObject> parse_strict_json_object(std::string_view text, size_t bytes_max) {
    return parse_object(text, bytes_max, new UniqueMembersHandler);
}

std::string json_find_key(const JsonObject& object, const std::string& key) {
    if (object->has(key)) return key;
    for (const auto& [name, value] : *object) {
        if (equals_ignore_case(name, key)) return name;
    }
    return {};
}

Result<std::string> json_string(const JsonObject& object, const std::string& key,
                                std::string fallback) {
    const auto value = member(object, key);
    if (value.isEmpty()) return fallback;
    if (!value.isString()) return wrong_type<std::string>(key, "a string");
    return value.extract<std::string>();
}

Result<bool> json_bool(const JsonObject& object, const std::string& key, bool fallback) {
    const auto value = member(object, key);
    if (value.isEmpty()) return fallback;
    if (!value.isBoolean()) return wrong_type<bool>(key, "a boolean");
    return value.extract<bool>();
}

Result<int64_t> json_int(const JsonObject& object, const std::string& key, int64_t fallback) {
    const auto value = member(object, key);
    if (value.isEmpty()) return fallback;
    if (!value.isInteger() || value.isBoolean()) return wrong_type<int64_t>(key, "an integer");
    if (const auto number = json_to_int(value)) return *number;
    return wrong_type<int64_t>(key, "a 64-bit integer");
}

std::optional<int64_t> json_to_int(const Poco::Dynamic::Var& value) {
    constexpr int64_t exact_min = -(int64_t{1} << 53);
    if (value.isEmpty() || !value.isInteger() || value.isBoolean()) return std::nullopt;
    // POCO makes unsigned numbers only of those that int64 does not hold, and 0 of 2^64.
    if (!value.isSigned()) return std::nullopt;
    try {
        const auto number = value.convert<int64_t>();
        return number > exact_min ? std::optional(number) : std::nullopt;
    } catch (const Poco::Exception&) {
        return std::nullopt;
    }
}

Result<JsonObject> json_object(const JsonObject& object, const std::string& key) {
    const auto value = member(object, key);
    if (value.isEmpty()) return JsonObject();
    if (value.type() != typeid(JsonObject)) return wrong_type<JsonObject>(key, "an object");
    return value.extract<JsonObject>();
}

Result<JsonArray> json_array(const JsonObject& object, const std::string& key) {
    const auto value = member(object, key);
    if (value.isEmpty()) return JsonArray();
    if (value.type() != typeid(JsonArray)) return wrong_type<JsonArray>(key, "an array");
    return value.extract<JsonArray>();
}

Result<std::vector<std::string>> json_strings(const JsonObject& object, const std::string& key) {
    auto array = json_array(object, key);
    if (!array) return pass(array);
    std::vector<std::string> out;
    if (array->isNull()) return out;
    for (const auto& item : **array) {
        if (!item.isString())
            return wrong_type<std::vector<std::string>>(key, "an array of strings");
        out.push_back(item.extract<std::string>());
    }
    return out;
}

}  // namespace midge
