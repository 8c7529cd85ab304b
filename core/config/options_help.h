#pragma once
// The settings of the configuration, for people: name, type, default, reload and meaning.
#include <optional>
#include <string>
#include <string_view>

#include "base/terminal.h"

namespace midge {

// One setting.
struct HelpEntry {
    std::string names;
    std::string help;
    std::string type;
    std::optional<std::string> default_value;  // no line about it if there is none
    std::string_view on_change;                // "changes on reload"
};
[[nodiscard]] std::string help_text(const HelpEntry& entry, const Palette& palette);

// "== tls: encryption of client connections ==".
[[nodiscard]] std::string help_heading(std::string_view name, std::string_view title,
                                       const Palette& palette);

inline constexpr std::string_view changes_on_reload = "changes on reload";

// All settings in their sections, the section called `key`, or the setting of that name or alias
// with what stands in its block. Empty: neither.
[[nodiscard]] std::string config_help(std::string_view key = {}, const Palette& palette = {});

}  // namespace midge
