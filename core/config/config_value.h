#pragma once
// A configuration text as a tree of values with their positions, before anything gives it a
// meaning.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/text_place.h"

namespace midge {

// The position of a value, for error messages. Counts as nats-server does: lines from 1; columns
// from 1, but on line 1 from 0.
struct ConfigPosition {
    std::shared_ptr<const std::string> file;  // shared by all values of one file
    int line = 0;                             // 0: unknown
    int column = 0;
    TextPlace start;  // place of the first character, as editors count

    // Returns "server.conf:4:1: ", or an empty text if the position is unknown.
    [[nodiscard]] std::string prefix() const;
    // Returns "server.conf:4:1".
    [[nodiscard]] std::string text() const;
    // The same with the line and column of `start`.
    [[nodiscard]] std::string start_prefix() const;
    [[nodiscard]] std::string start_text() const;
};

struct ConfigValue;
struct ConfigEntry;

// A valid date, for example "2020-01-01T00:00:00Z".
struct ConfigDate {
    std::string text;
};

using ConfigArray = std::vector<ConfigValue>;

// The entries of a block; each key occurs once. Comparison is case-sensitive here; the readers of a
// block decide about case.
class ConfigMap {
  public:
    // Sets the value of a key. An existing key gets the new value and counts as written last.
    ConfigEntry& set(std::string key, ConfigValue value);
    // Returns null if the key is missing.
    [[nodiscard]] ConfigEntry* find(std::string_view key) noexcept;
    [[nodiscard]] const ConfigEntry* find(std::string_view key) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] size_t size() const noexcept;
    // In the order in which each key was first written.
    [[nodiscard]] const std::vector<ConfigEntry>& entries() const noexcept { return entries_; }
    // In the order of the text, with repeated keys at their last place. The pointers are valid
    // until the next set().
    [[nodiscard]] std::vector<const ConfigEntry*> in_written_order() const;
    [[nodiscard]] std::vector<const ConfigEntry*> in_key_order() const;

    void move_to(const ConfigPosition& position);

  private:
    std::vector<ConfigEntry> entries_;
    std::map<std::string, size_t, std::less<>> index_;
    uint64_t written_ = 0;
};

using ConfigData =
    std::variant<std::string, int64_t, double, bool, ConfigDate, ConfigArray, ConfigMap>;

struct ConfigValue {
    ConfigData data;
    // Position of the key of an entry; position of the value itself in an array.
    ConfigPosition where;

    template <class T>
    [[nodiscard]] const T* as() const noexcept {
        return std::get_if<T>(&data);
    }
    // Returns the type by its name in nats-server's messages: "string", "int64",
    // "map[string]interface {}".
    [[nodiscard]] std::string_view type_name() const noexcept;
    // Returns the number of values in this value, including itself.
    [[nodiscard]] size_t count() const noexcept;
    // Gives this value the position of the reference to it. All values in it get only its start,
    // and no line for nats-server's text, because nats-server omits the position of values in
    // environment variables.
    void move_to(const ConfigPosition& position);
};

struct ConfigEntry {
    std::string key;
    ConfigValue value;
    // Such a key is not an error if the reader of the block does not know it.
    bool used_as_variable = false;
    uint64_t written = 0;  // order of writing within its map
};

}  // namespace midge
