#pragma once
// Checks settings of the configuration against the table of settings that a plugin exports.
#include <cstdint>
#include <string>

#include "abi/midge_plugin.h"
#include "base/result.h"

namespace midge {

// Checks the table itself.
[[nodiscard]] Result<> check_setting_table(const midge_setting* settings, uint32_t count);

// Fails if the text is not a JSON object, or if settings are unknown, have another type, or are
// missing. Without a table (null), only the plugin checks its settings.
[[nodiscard]] Result<> check_plugin_settings(const midge_setting* settings, uint32_t count,
                                             const std::string& config_json);

}  // namespace midge
