#include "auth/object_reader.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/wire_error.h"

namespace midge {
namespace {

// Member names in an error may come from the token, therefore they are quoted and cut.
constexpr size_t shown_name_max = 80;

bool is_object(const Poco::Dynamic::Var& value) {
    return value.type() == typeid(JsonObject);
}

}  // namespace

void ObjectReader::report(std::string_view name, std::string_view what) {
    if (!error_.empty()) return;
    error_ =
        fmt::format("{} {}", go_quote(path_ + std::string(name.substr(0, shown_name_max))), what);
}

Poco::Dynamic::Var ObjectReader::any(std::string_view name) {
    Poco::Dynamic::Var found;
    if (object_.isNull()) return found;
    bool seen = false;
    for (const auto& [key, value] : *object_) {
        if (!equals_ignore_case(key, name)) continue;
        if (seen) report(name, "appears twice");
        seen = true;
        found = value;
    }
    return found;
}

std::string ObjectReader::to_text(const Poco::Dynamic::Var& value, std::string_view name) {
    if (!value.isString()) {
        report(name, "should be a string");
        return {};
    }
    auto text = value.extract<std::string>();
    // No claim needs a NUL, and C strings would end there.
    if (text.find('\0') != std::string::npos) report(name, "holds a NUL character");
    return text;
}

int64_t ObjectReader::to_number(const Poco::Dynamic::Var& value, std::string_view name) {
    if (const auto number = json_to_int(value)) return *number;
    report(name, "should be a 64-bit integer");
    return 0;
}

ObjectReader ObjectReader::to_object(const Poco::Dynamic::Var& value, std::string_view name) {
    std::string path = path_ + std::string(name.substr(0, shown_name_max)) + '.';
    if (!is_object(value)) {
        report(name, "should be an object");
        return {JsonObject(), std::move(path), error_};
    }
    return {value.extract<JsonObject>(), std::move(path), error_};
}

std::vector<ObjectReader> ObjectReader::to_objects(const Poco::Dynamic::Var& value,
                                                   std::string_view name) {
    std::vector<ObjectReader> out;
    if (value.type() != typeid(JsonArray)) {
        report(name, "should be an array");
        return out;
    }
    const auto& array = value.extract<JsonArray>();
    out.reserve(array->size());
    for (const auto& item : *array) {
        if (item.isEmpty()) {
            report(name, "holds a null entry");
            continue;
        }
        out.push_back(to_object(item, name));
    }
    return out;
}

std::string ObjectReader::text(std::string_view name) {
    const auto value = any(name);
    return value.isEmpty() ? std::string() : to_text(value, name);
}

bool ObjectReader::flag(std::string_view name) {
    const auto value = any(name);
    if (value.isEmpty()) return false;
    if (value.isBoolean()) return value.extract<bool>();
    report(name, "should be a boolean");
    return false;
}

int64_t ObjectReader::number(std::string_view name, int64_t fallback) {
    const auto value = any(name);
    return value.isEmpty() ? fallback : to_number(value, name);
}

uint64_t ObjectReader::unsigned_number(std::string_view name, uint64_t max) {
    const int64_t value = number(name);
    if (value >= 0 && static_cast<uint64_t>(value) <= max) return static_cast<uint64_t>(value);
    report(name, fmt::format("should be 0..{}", max));
    return 0;
}

std::vector<std::string> ObjectReader::texts(std::string_view name) {
    std::vector<std::string> out;
    const auto value = any(name);
    if (value.isEmpty()) return out;
    if (value.type() != typeid(JsonArray)) {
        report(name, "should be an array of strings");
        return out;
    }
    const auto& array = value.extract<JsonArray>();
    out.reserve(array->size());
    for (const auto& item : *array) out.push_back(to_text(item, name));
    return out;
}

ObjectReader ObjectReader::object(std::string_view name) {
    const auto value = any(name);
    if (!value.isEmpty()) return to_object(value, name);
    return {JsonObject(), path_ + std::string(name) + '.', error_};
}

std::vector<ObjectReader> ObjectReader::objects(std::string_view name) {
    const auto value = any(name);
    return value.isEmpty() ? std::vector<ObjectReader>() : to_objects(value, name);
}

}  // namespace midge
