#pragma once
// One row per setting of the configuration file: what reads it, compares it at a reload and
// documents it.
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
    // Settings inside a block have a dot, "authorization.timeout": they are compared and documented
    // here, and read with their block.
    std::string_view name;
    std::vector<std::string_view> aliases;
    std::string_view section;  // its name in setting_sections()
    std::string type;          // for people: "size in bytes, 0..2147483647"
    std::string_view field;    // nats-server's Go name; Midge's own have one in the same style
    // What stands after "Reloaded: " instead of "<name> = <value>", for what is not shown.
    std::string_view reloaded_as;
    bool reloadable = false;
    std::string_view help;
    // Lays the value over the options, or reports to the reader what is wrong with it. Empty inside
    // a block.
    std::function<void(ConfigReader&, const ConfigEntry&, Options&)> read;
    // The value as text: for the default in the help, and to compare options at a reload. Empty for
    // a block, or another spelling of other settings.
    std::function<std::string(const Options&)> show;
    bool secret = false;  // never shown
};

// In the order of the documentation.
[[nodiscard]] const std::vector<Setting>& settings();
// By name or alias, without regard to case; null when there is none.
[[nodiscard]] const Setting* find_setting(std::string_view key);

// The parts of the documentation.
struct SettingSection {
    std::string_view name;   // "tls"
    std::string_view title;  // "encryption of client connections"
};
[[nodiscard]] std::span<const SettingSection> setting_sections();

}  // namespace midge
