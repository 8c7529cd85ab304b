#include "config/config_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace midge {

std::string ConfigPosition::text() const {
    return fmt::format("{}:{}:{}", file ? *file : "", line, column);
}

std::string ConfigPosition::start_prefix() const {
    return start.line == 0 ? std::string() : start_text() + ": ";
}

std::string ConfigPosition::start_text() const {
    return fmt::format("{}:{}:{}", file ? *file : "", start.line, start.column);
}

std::string ConfigPosition::prefix() const {
    return line == 0 ? std::string() : text() + ": ";
}

ConfigEntry& ConfigMap::set(std::string key, ConfigValue value) {
    const auto [found, added] = index_.try_emplace(key, entries_.size());
    if (added) entries_.push_back(ConfigEntry{std::move(key), {}, false, 0});
    ConfigEntry& entry = entries_[found->second];
    entry.value = std::move(value);
    entry.used_as_variable = false;
    entry.written = ++written_;
    return entry;
}

const ConfigEntry* ConfigMap::find(std::string_view key) const noexcept {
    const auto found = index_.find(key);
    return found == index_.end() ? nullptr : &entries_[found->second];
}

ConfigEntry* ConfigMap::find(std::string_view key) noexcept {
    return const_cast<ConfigEntry*>(std::as_const(*this).find(key));
}

size_t ConfigMap::size() const noexcept {
    return entries_.size();
}

std::vector<const ConfigEntry*> ConfigMap::in_written_order() const {
    std::vector<const ConfigEntry*> out;
    out.reserve(entries_.size());
    for (const ConfigEntry& entry : entries_) out.push_back(&entry);
    std::sort(out.begin(), out.end(), [](auto* a, auto* b) { return a->written < b->written; });
    return out;
}

std::vector<const ConfigEntry*> ConfigMap::in_key_order() const {
    std::vector<const ConfigEntry*> out;
    out.reserve(entries_.size());
    for (const auto& [key, at] : index_) out.push_back(&entries_[at]);
    return out;
}

std::string_view ConfigValue::type_name() const noexcept {
    static constexpr std::array<std::string_view, 7> names = {"string",
                                                              "int64",
                                                              "float64",
                                                              "bool",
                                                              "time.Time",
                                                              "[]interface {}",
                                                              "map[string]interface {}"};
    static_assert(names.size() == std::variant_size_v<ConfigData>);
    return names[data.index()];
}

size_t ConfigValue::count() const noexcept {
    size_t total = 1;
    if (const auto* items = as<ConfigArray>()) {
        for (const ConfigValue& item : *items) total += item.count();
    } else if (const auto* map = as<ConfigMap>()) {
        for (const ConfigEntry& entry : map->entries()) total += entry.value.count();
    }
    return total;
}

void ConfigValue::move_to(const ConfigPosition& position) {
    where = position;
    const ConfigPosition only_start{position.file, 0, 0, position.start};
    if (auto* items = std::get_if<ConfigArray>(&data)) {
        for (ConfigValue& item : *items) item.move_to(only_start);
    } else if (auto* map = std::get_if<ConfigMap>(&data)) {
        map->move_to(only_start);
    }
}

void ConfigMap::move_to(const ConfigPosition& position) {
    for (ConfigEntry& entry : entries_) entry.value.move_to(position);
}

}  // namespace midge
