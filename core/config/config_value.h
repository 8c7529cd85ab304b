#pragma once
// What a configuration text says, before anything gives it a meaning: a tree of values that know
// where they stand.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/text_place.h"

namespace midge {

// Where a value stands, for error messages. As nats-server counts: lines from 1; columns from 1,
// but from 0 on line 1.
struct ConfigPosition {
    std::shared_ptr<const std::string> file;  // shared by all values of one file
    int line = 0;                             // 0: none is known
    int column = 0;
    TextPlace start;  // of the first character, as editors count

    // "server.conf:4:1: ", empty when none is known.
    [[nodiscard]] std::string prefix() const;
    // "server.conf:4:1"
    [[nodiscard]] std::string text() const;
    // The same with the numbers of `start`.
    [[nodiscard]] std::string start_prefix() const;
    [[nodiscard]] std::string start_text() const;
};

struct ConfigValue;
struct ConfigEntry;

// "2020-01-01T00:00:00Z", checked.
struct ConfigDate {
    std::string text;
};

using ConfigArray = std::vector<ConfigValue>;

// The entries of a block, each key once. Keys are compared exactly here; whoever reads a block
// decides about case.
class ConfigMap {
  public:
    // A key that is there already gets the new value and counts as written last.
    ConfigEntry& set(std::string key, ConfigValue value);
    // Null when missing.
    [[nodiscard]] ConfigEntry* find(std::string_view key) noexcept;
    [[nodiscard]] const ConfigEntry* find(std::string_view key) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] size_t size() const noexcept;
    // In the order of each key's first place.
    [[nodiscard]] const std::vector<ConfigEntry>& entries() const noexcept { return entries_; }
    // As written, a repeated key at its last place. The pointers last until the next set().
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
    ConfigPosition where;  // of the key for what follows a key, of the value itself in an array

    template <class T>
    [[nodiscard]] const T* as() const noexcept {
        return std::get_if<T>(&data);
    }
    // The type by the name that nats-server's messages use: "string", "int64",
    // "map[string]interface {}".
    [[nodiscard]] std::string_view type_name() const noexcept;
    // This value and all below it.
    [[nodiscard]] size_t count() const noexcept;
    // Gives this value the position of what refers to it; all below it has only its start, and no
    // line for nats-server's words, as it leaves what stands in a variable of the environment.
    void move_to(const ConfigPosition& position);
};

struct ConfigEntry {
    std::string key;
    ConfigValue value;
    bool used_as_variable = false;  // such a key may be unknown to whoever reads the block
    uint64_t written = 0;           // rank among the entries of its map
};

}  // namespace midge
