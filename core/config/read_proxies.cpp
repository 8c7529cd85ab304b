#include "config/read_proxies.h"

#include "base/wire_error.h"

namespace midge {
namespace {

// No value: an error was reported.
std::optional<std::string> read_proxy(ConfigReader& reader, const ConfigValue& value) {
    const auto* map = value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(value.where,
                     fmt::format("expected proxies' trusted entry to be a map/struct, got {}",
                                 value.type_name()));
        return std::nullopt;
    }
    std::optional<std::string> proxy;
    bool given = false;
    reader.each_entry(*map, [&](const std::string& key, const ConfigEntry& entry) {
        given = true;
        if (key != "key" && key != "public_key") return false;
        auto text = reader.text(entry.value);
        if (!text) return true;
        if (reader.is_public_key(*text, ConfigReader::any_role)) {
            proxy = std::move(*text);
        } else {
            reader.error(entry.value.where, fmt::format("invalid proxy key {}", go_quote(*text)));
        }
        return true;
    });
    if (!given)
        reader.own_error(value.where, "a trusted proxy has no key, expected {key: <public key>}");
    return proxy;
}

}  // namespace

void read_proxies(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    options.trusted_proxies.clear();
    const auto* map = entry.value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(entry.value.where, fmt::format("expected proxies to be a map/struct, got {}",
                                                    entry.value.type_name()));
        return;
    }
    reader.each_entry(*map, [&](const std::string& key, const ConfigEntry& part) {
        if (key != "trusted") return false;
        const auto* items = part.value.as<ConfigArray>();
        if (items == nullptr) {
            reader.error(part.value.where,
                         fmt::format("expected proxies' trusted field to be an array, got {}",
                                     part.value.type_name()));
            return true;
        }
        for (const ConfigValue& item : *items) {
            if (auto proxy = read_proxy(reader, item))
                options.trusted_proxies.push_back(std::move(*proxy));
        }
        return true;
    });
}

}  // namespace midge
