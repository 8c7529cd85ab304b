#pragma once
// One row for each setting of the configuration file: how to read it, compare it at a reload, and
// document it.
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_value.h"
#include "config/options.h"

namespace midge {

class ConfigReader;

struct Setting {
    // Settings in a block have a dot, "authorization.timeout". The row is for comparison and
    // documentation; the block's reader reads the setting.
    std::string_view name;
    std::vector<std::string_view> aliases;
    std::string_view section;  // its name in setting_sections()
    std::string type;          // for people: "size in bytes, 0..2147483647"
    std::string_view field;    // nats-server's Go name; Midge's own have one in the same style
    // What stands after "Reloaded: " instead of "<name> = <value>", for what is not shown.
    std::string_view reloaded_as;
    bool reloadable = false;
    std::string_view help;
    // Sets the option, or reports an error to the reader. Empty for a setting in a block.
    std::function<void(ConfigReader&, const ConfigEntry&, Options&)> read;
    // Returns the value as text, for the default in the help and for comparison at a reload. Empty
    // for a block, and for another spelling of other settings.
    std::function<std::string(const Options&)> show;
    bool secret = false;  // never shown
};

// In the order of the documentation.
[[nodiscard]] const std::vector<Setting>& settings();
// Finds a setting by name or alias, ignoring case; null if there is none.
[[nodiscard]] const Setting* find_setting(std::string_view key);

// The parts of the documentation.
struct SettingSection {
    std::string_view name;   // "tls"
    std::string_view title;  // "encryption of client connections"
};
[[nodiscard]] std::span<const SettingSection> setting_sections();

}  // namespace midge
