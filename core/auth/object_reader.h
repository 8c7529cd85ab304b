#pragma once
// Reads the members of one JSON object and remembers the first error, so that code that reads many
// members needs only one check at the end. Used only by claims_read*.cpp.
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

// A view of an object (null: all members are absent), used as a local variable. `error` is shared
// with the readers of nested objects and must outlive them all.
//
// Names match in any case, as in Go's decoder, but two members that match the same name are an
// error, because readers would disagree about which one counts.
class ObjectReader {
  public:
    ObjectReader(JsonObject object, std::string path, std::string& error)
        : object_(std::move(object)), path_(std::move(path)), error_(error) {}

    [[nodiscard]] bool present() const { return !object_.isNull(); }
    // An absent or null member gives an empty value or the fallback.
    std::string text(std::string_view name);
    bool flag(std::string_view name);
    int64_t number(std::string_view name, int64_t fallback = 0);
    // Reports an error if the number is not in 0..max.
    uint64_t unsigned_number(std::string_view name, uint64_t max);
    std::vector<std::string> texts(std::string_view name);
    ObjectReader object(std::string_view name);
    // Reads an array of objects. Null entries are an error.
    std::vector<ObjectReader> objects(std::string_view name);
    // Returns the member unchanged; empty if it is absent or null.
    Poco::Dynamic::Var any(std::string_view name);

    // Treats the object as a map: calls `each` with each member's exact name and value.
    template <std::invocable<const std::string&, const Poco::Dynamic::Var&> Each>
    void for_members(Each&& each) const {
        if (object_.isNull()) return;
        for (const auto& [key, value] : *object_) each(key, value);
    }
    // Convert a value from for_members() or any(); errors call it `name`.
    std::string to_text(const Poco::Dynamic::Var& value, std::string_view name);
    int64_t to_number(const Poco::Dynamic::Var& value, std::string_view name);
    ObjectReader to_object(const Poco::Dynamic::Var& value, std::string_view name);
    std::vector<ObjectReader> to_objects(const Poco::Dynamic::Var& value, std::string_view name);

    // Reports an error, for example "nats.limits.subs should be an integer". Only the first one is
    // kept.
    void report(std::string_view name, std::string_view what);

  private:
    JsonObject object_;
    std::string path_;
    std::string& error_;
};

}  // namespace midge
