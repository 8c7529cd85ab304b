#include "config_help.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

#include "base/near_word.h"
#include "base/text.h"
#include "config/options_help.h"
#include "config/options_table.h"
#include "host/host_tables.h"
#include "host/plugin_library.h"

namespace midge {
namespace {

// The words of the settings of the server.
const char* help_type(uint32_t type) {
    switch (type) {
        case MIDGE_SETTING_STRING:
            return "text";
        case MIDGE_SETTING_INTEGER:
            return "number";
        case MIDGE_SETTING_BOOLEAN:
            return "true or false";
        case MIDGE_SETTING_OBJECT:
            return "block";
        case MIDGE_SETTING_LIST:
            return "list";
        default:
            return "any";
    }
}

std::string help_of(const midge_setting& setting, const Palette& palette) {
    HelpEntry entry{plugin_line(setting.name), plugin_line(setting.help), help_type(setting.type),
                    plugin_line(setting.default_value), changes_on_reload};
    if ((setting.flags & MIDGE_SETTING_REQUIRED) != 0) {
        entry.type += ", required";
        entry.default_value.reset();
    }
    return help_text(entry, palette);
}

std::string help_of(const PluginDescription& plugin, const Palette& palette) {
    std::string out = help_heading(
        plugin.name, fmt::format("{} plugin, version {}", plugin.kind, plugin.version), palette);
    for (const midge_setting& setting : plugin.settings) out += help_of(setting, palette);
    if (plugin.settings.empty()) {
        out += plugin.describes_settings ? "    It has no settings.\n"
                                         : "    It does not describe its settings.\n";
    }
    return out;
}

std::string unknown_key(const std::string& key, const PluginCatalog& catalog) {
    std::vector<std::string_view> sections;
    std::vector<std::string_view> plugins;
    std::vector<std::string_view> all;
    for (const SettingSection& section : setting_sections()) sections.push_back(section.name);
    for (const PluginDescription& plugin : catalog.plugins) plugins.push_back(plugin.name);
    for (const Setting& setting : settings()) all.push_back(setting.name);
    all.insert(all.end(), sections.begin(), sections.end());
    all.insert(all.end(), plugins.begin(), plugins.end());
    const std::string_view near = near_word(key, all);
    return fmt::format("there is no section, setting or plugin \"{}\"{}; sections: {}; plugins: {}",
                       key, near.empty() ? "" : fmt::format(", did you mean \"{}\"?", near),
                       fmt::join(sections, ", "),
                       plugins.empty() ? "none" : fmt::format("{}", fmt::join(plugins, ", ")));
}

}  // namespace

Result<ServiceHelp> service_config_help(const std::string& key,
                                        const std::filesystem::path& plugin_dir,
                                        const Palette& palette) {
    ServiceHelp help{config_help(key, palette), {}};
    if (!key.empty() && !help.text.empty()) return help;
    const PluginCatalog catalog = list_plugins(plugin_dir);
    for (const PluginDescription& plugin : catalog.plugins) {
        if (!key.empty() && !equals_ignore_case(plugin.name, key)) continue;
        help.text += (help.text.empty() ? "" : "\n") + help_of(plugin, palette);
    }
    if (help.text.empty()) return fail(Errc::not_found, unknown_key(key, catalog));
    if (key.empty()) {
        for (const std::string& why : catalog.unusable) help.notes += why + "\n";
    }
    return help;
}

}  // namespace midge
