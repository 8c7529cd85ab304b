#pragma once
// What --help-config shows.
#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/terminal.h"

namespace midge {

struct ServiceHelp {
    std::string text;
    std::string notes;  // lines about libraries that are no usable plugins
};

// All settings, and those of the plugins in the folder; or the section, setting or plugin called
// `key`. Fails with the names that there are. Loads the plugins, unless the key is a section or
// setting.
[[nodiscard]] Result<ServiceHelp> service_config_help(const std::string& key,
                                                      const std::filesystem::path& plugin_dir,
                                                      const Palette& palette);

}  // namespace midge
