#include "config/options_help.h"

#include <fmt/format.h>

#include "base/text.h"
#include "config/options_table.h"

namespace midge {
namespace {

std::string help_of(const Setting& row, const Palette& palette) {
    HelpEntry entry{std::string(row.name), std::string(row.help), row.type, {}, changes_on_reload};
    for (const std::string_view alias : row.aliases) entry.names += fmt::format(", {}", alias);
    if (row.show && !row.secret) entry.default_value = row.show(Options{});
    if (!row.reloadable) entry.on_change = "needs a restart";
    return help_text(entry, palette);
}

std::string help_of(const SettingSection& section, const Palette& palette) {
    std::string out = help_heading(section.name, section.title, palette);
    for (const Setting& row : settings()) {
        if (row.section == section.name) out += help_of(row, palette);
    }
    return out;
}

}  // namespace

std::string help_text(const HelpEntry& entry, const Palette& palette) {
    std::string out = fmt::format("{}\n    {}\n    type: {}\n", palette.name(entry.names),
                                  entry.help, entry.type);
    if (entry.default_value) {
        out += fmt::format("    default: {}\n",
                           entry.default_value->empty() ? "none" : *entry.default_value);
    }
    return out + fmt::format("    {}\n", entry.on_change);
}

std::string help_heading(std::string_view name, std::string_view title, const Palette& palette) {
    return palette.heading(fmt::format("== {}: {} ==", name, title)) + "\n";
}

std::string config_help(std::string_view key, const Palette& palette) {
    std::string out;
    for (const SettingSection& section : setting_sections()) {
        if (!key.empty() && !equals_ignore_case(section.name, key)) continue;
        out += (out.empty() ? "" : "\n") + help_of(section, palette);
    }
    const Setting* const wanted = key.empty() ? nullptr : find_setting(key);
    if (!out.empty() || wanted == nullptr) return out;
    for (const Setting& row : settings()) {
        const bool inside = row.name.starts_with(fmt::format("{}.", wanted->name));
        if (&row == wanted || inside) out += help_of(row, palette);
    }
    return out;
}

}  // namespace midge
