#include "config/config_finder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/wire_error.h"
#include "config/options_table.h"

namespace midge {
namespace {

bool stands_at(const ConfigPosition& a, const ConfigPosition& b) {
    return a.start.line != 0 && a.start == b.start && a.file && b.file && *a.file == *b.file;
}

// Fills in the description of a key from the table of its block.
void describe(FoundSetting& found) {
    const std::string key = to_lower_ascii(found.key);
    const BlockKey* const row = find_block_key(found.block, key);
    if (row != nullptr) {
        found.wants = row->wants;
        found.values = row->values;
    } else if (const Setting* setting = find_setting(key); setting != nullptr &&
                                                           found.block == BlockId::top &&
                                                           key.find('.') == std::string::npos) {
        found.wants = top_level_wants(setting->type);
        if (setting->type == "true or false") found.values = "true false yes no on off";
    }
}

// Searches the tree for the setting.
class Finder {
  public:
    explicit Finder(const ConfigPosition& position) : position_(position) {}

    bool search(const ConfigMap& map, BlockId block, const std::string& path) {
        for (const bool variables : {false, true}) {
            for (const ConfigEntry& entry : map.entries()) {
                if (entry.used_as_variable == variables && search_entry(entry, block, path))
                    return true;
            }
        }
        return false;
    }
    FoundSetting take() { return std::move(found_); }

  private:
    bool search_entry(const ConfigEntry& entry, BlockId block, const std::string& path) {
        FoundSetting here;
        here.block = block;
        here.block_path = path;
        here.key = entry.key;
        here.path = path.empty() ? entry.key : path + "." + entry.key;
        here.value = &entry.value;
        describe(here);
        if (stands_at(entry.value.where, position_)) {
            found_ = std::move(here);
            return true;
        }
        const BlockKey* const row = find_block_key(block, to_lower_ascii(entry.key));
        return search_value(entry.value, row == nullptr ? BlockId::none : row->inner, here);
    }

    bool search_value(const ConfigValue& value, BlockId inner, const FoundSetting& setting) {
        if (const auto* map = value.as<ConfigMap>()) return search(*map, inner, setting.path);
        const auto* items = value.as<ConfigArray>();
        if (items == nullptr) return false;
        return std::any_of(items->begin(), items->end(), [&](const ConfigValue& item) {
            if (!stands_at(item.where, position_)) return search_value(item, inner, setting);
            found_ = setting;
            found_.value = &item;
            return true;
        });
    }

    const ConfigPosition& position_;
    FoundSetting found_;
};

bool is_list_of_users(std::string_view key) {
    return equals_ignore_case(key, "users");
}

void collect(const ConfigValue& value, bool in_users, std::string_view quoted_name,
             std::vector<TextPlace>& places) {
    if (const auto* items = value.as<ConfigArray>()) {
        for (const ConfigValue& item : *items) collect(item, in_users, quoted_name, places);
        return;
    }
    const auto* map = value.as<ConfigMap>();
    if (map == nullptr) return;
    constexpr std::array<std::string_view, 3> names = {"user", "username", "nkey"};
    for (const ConfigEntry& entry : map->entries()) {
        const std::string key = to_lower_ascii(entry.key);
        const auto* text = entry.value.as<std::string>();
        const bool is_name = std::find(names.begin(), names.end(), key) != names.end();
        if (in_users && is_name && text != nullptr && go_quote(*text) == quoted_name)
            places.push_back(entry.value.where.start);
        collect(entry.value, is_list_of_users(key), quoted_name, places);
    }
}

}  // namespace

std::optional<FoundSetting> find_setting_at(const ConfigMap& root, const ConfigPosition& position) {
    Finder finder(position);
    if (!finder.search(root, BlockId::top, "")) return std::nullopt;
    return finder.take();
}

std::vector<TextPlace> user_places(const ConfigMap& root, std::string_view message) {
    std::vector<TextPlace> places;
    const size_t from = message.find('"'), to = message.rfind('"');
    if (from == std::string_view::npos || to <= from) return places;
    const std::string_view name = message.substr(from, to - from + 1);
    for (const ConfigEntry& entry : root.entries()) {
        if (!entry.used_as_variable) collect(entry.value, false, name, places);
    }
    return places;
}

bool is_secret_setting(std::string_view path, std::string_view value) {
    constexpr auto words =
        std::to_array<std::string_view>({"pass", "pwd", "token", "secret", "seed", "jwt", "creds",
                                         "preload", "sentinel", "operator"});
    const std::string lower = to_lower_ascii(path.substr(path.rfind('.') + 1));
    const bool by_name = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return lower.find(word) != std::string::npos;
    });
    constexpr size_t seed_size_min = 58;
    const bool seed = value.size() >= seed_size_min && value.starts_with('S');
    const bool login_in_url =
        value.find("://") != std::string_view::npos && value.find('@') != std::string_view::npos;
    const bool in_preload = path.find("resolver_preload") != std::string_view::npos;
    return by_name || seed || login_in_url || in_preload || value.starts_with("eyJ") ||
           value.starts_with("$2");
}

}  // namespace midge
