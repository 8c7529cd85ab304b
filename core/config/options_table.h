#pragma once
// One row per setting of the configuration file: what reads it, compares it at a reload and
// documents it.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_value.h"
#include "config/options.h"

namespace midge {

class ConfigReader;

struct Setting {
    std::string_view name;
    std::vector<std::string_view> aliases;
    std::string_view type;  // for people: "size in bytes, 0..2147483647"
    std::string_view
        field;  // nats-server's Go name; Midge's own settings have one in the same style
    bool reloadable = false;
    std::string_view help;
    // Lays the value over the options, or reports to the reader what is wrong with it.
    std::function<void(ConfigReader&, const ConfigEntry&, Options&)> read;
    // The value of this setting as text: for the default in the help, and to compare options at a
    // reload.
    std::function<std::string(const Options&)> show;
    bool secret = false;  // never shown
};

// In the order of the documentation.
[[nodiscard]] const std::vector<Setting>& settings();
// By name or alias, without regard to case; null when there is none.
[[nodiscard]] const Setting* find_setting(std::string_view key);
// Whether nats-server knows this top level key and Midge does not yet.
[[nodiscard]] bool is_unbuilt_setting(std::string_view key);

// All settings, or those whose name or alias is `key`, with type, default, reload and meaning.
// Empty: no such setting.
[[nodiscard]] std::string config_help(std::string_view key = {});

}  // namespace midge
