#include "host/plugin_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "base/json.h"
#include "base/text.h"
#include "host/host_tables.h"
#include "host/limits.h"

namespace midge {
namespace {

const char* type_name(uint32_t type) {
    switch (type) {
        case MIDGE_SETTING_STRING:
            return "a string";
        case MIDGE_SETTING_INTEGER:
            return "an integer";
        case MIDGE_SETTING_BOOLEAN:
            return "true or false";
        case MIDGE_SETTING_OBJECT:
            return "a block";
        default:
            return "a list";
    }
}

bool has_type(const Poco::Dynamic::Var& value, uint32_t type) {
    switch (type) {
        case MIDGE_SETTING_STRING:
            return value.isString();
        case MIDGE_SETTING_INTEGER:
            return json_to_int(value).has_value();
        case MIDGE_SETTING_BOOLEAN:
            return value.isBoolean();
        case MIDGE_SETTING_OBJECT:
            return value.type() == typeid(JsonObject);
        case MIDGE_SETTING_LIST:
            return value.type() == typeid(JsonArray);
        default:  // a type of a newer header
            return true;
    }
}

// Returns the end of an error text.
std::string about(const midge_setting& setting) {
    std::string text;
    if (setting.help.size != 0) text = plugin_line(setting.help);
    if (setting.default_value.size != 0) {
        text += fmt::format("{}default: {}", text.empty() ? "" : "; ",
                            plugin_line(setting.default_value));
    }
    return text.empty() ? text : " (" + text + ")";
}

bool is_named(const midge_setting& setting, const std::string& name) {
    return equals_ignore_case(to_view(setting.name), name);
}

std::string names_of(std::span<const midge_setting> settings) {
    std::string names;
    for (const midge_setting& setting : settings) {
        names += names.empty() ? "" : ", ";
        names += plugin_line(setting.name);
    }
    return names.empty() ? "there are none" : "expected one of: " + names;
}

}  // namespace

Result<> check_setting_table(const midge_setting* settings, uint32_t count) {
    if (count > plugin_settings_max) {
        return fail(Errc::invalid, fmt::format("table of {} settings, expected at most {}", count,
                                               plugin_settings_max));
    }
    if (settings == nullptr && count != 0) {
        return fail(Errc::invalid,
                    fmt::format("setting_count is {}, expected a table \"settings\"", count));
    }
    for (uint32_t i = 0; i < count; ++i) {
        const midge_setting& setting = settings[i];
        if (to_view(setting.name).empty() || setting.name.size > plugin_name_bytes_max) {
            return fail(Errc::invalid,
                        fmt::format("the name of setting {} has {} bytes, expected 1..{}", i,
                                    setting.name.size, plugin_name_bytes_max));
        }
        const size_t longest = std::max(setting.help.size, setting.default_value.size);
        if (longest > plugin_setting_text_bytes_max) {
            return fail(
                Errc::invalid,
                fmt::format("a text of setting \"{}\" has {} bytes, expected at most {}",
                            plugin_line(setting.name), longest, plugin_setting_text_bytes_max));
        }
    }
    return {};
}

Result<> check_plugin_settings(const midge_setting* settings, uint32_t count,
                               const std::string& config_json) {
    if (settings == nullptr) return {};
    const std::span table(settings, count);
    const auto json = parse_json_object(config_json);
    if (!json) return fail(Errc::invalid, "settings: " + json.error().text);
    for (const auto& [name, value] : **json) {
        const auto known =
            std::find_if(table.begin(), table.end(),
                         [&, &key = name](const auto& setting) { return is_named(setting, key); });
        if (known == table.end()) {
            return fail(Errc::invalid,
                        fmt::format("unknown setting \"{}\", {}", name, names_of(table)));
        }
        if (!value.isEmpty() && !has_type(value, known->type)) {
            return fail(Errc::invalid, fmt::format("\"{}\" has another type, expected {}{}", name,
                                                   type_name(known->type), about(*known)));
        }
    }
    for (const midge_setting& setting : table) {
        if ((setting.flags & MIDGE_SETTING_REQUIRED) == 0) continue;
        const std::string name = plugin_line(setting.name);
        if (!json_find_key(*json, name).empty()) continue;
        return fail(Errc::invalid, fmt::format("\"{}\" is missing{}", name, about(setting)));
    }
    return {};
}

}  // namespace midge
