#pragma once
// Reads the members of one JSON object and remembers the first thing that is wrong, so that a
// reader of many members needs one check at its end. Used by claims_read*.cpp only.
#include <Poco/Dynamic/Var.h>

#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace midge {

// A view of an object (null: all members absent) that lives on the stack of its reader. `error` is
// shared with the readers of nested objects and outlives them all.
//
// Names match without regard to case, as Go's decoder does, but two members that match the same
// name are an error: which of them counts would depend on who reads the token.
class ObjectReader {
  public:
    ObjectReader(JsonObject object, std::string path, std::string& error)
        : object_(std::move(object)), path_(std::move(path)), error_(error) {}

    [[nodiscard]] bool present() const { return !object_.isNull(); }
    // What is absent or null gives an empty value or the fallback.
    std::string text(std::string_view name);
    bool flag(std::string_view name);
    int64_t number(std::string_view name, int64_t fallback = 0);
    // Fails outside 0..max.
    uint64_t unsigned_number(std::string_view name, uint64_t max);
    std::vector<std::string> texts(std::string_view name);
    ObjectReader object(std::string_view name);
    // Objects only; null entries are an error.
    std::vector<ObjectReader> objects(std::string_view name);
    // The member as it is; empty if absent or null.
    Poco::Dynamic::Var any(std::string_view name);

    // An object used as a map: each member's exact name and value.
    template <std::invocable<const std::string&, const Poco::Dynamic::Var&> Each>
    void for_members(Each&& each) const {
        if (object_.isNull()) return;
        for (const auto& [key, value] : *object_) each(key, value);
    }
    // Converts a value of for_members or any() that belongs to `name`.
    std::string to_text(const Poco::Dynamic::Var& value, std::string_view name);
    int64_t to_number(const Poco::Dynamic::Var& value, std::string_view name);
    ObjectReader to_object(const Poco::Dynamic::Var& value, std::string_view name);
    std::vector<ObjectReader> to_objects(const Poco::Dynamic::Var& value, std::string_view name);

    // Keeps the first one: "nats.limits.subs should be an integer".
    void report(std::string_view name, std::string_view what);

  private:
    JsonObject object_;
    std::string path_;
    std::string& error_;
};

}  // namespace midge
