#pragma once
// Settings from the configuration against the table of settings that a plugin exports.
#include <cstdint>
#include <string>

#include "abi/midge_plugin.h"
#include "base/result.h"

namespace midge {

// Whether the host can use the table itself.
[[nodiscard]] Result<> check_setting_table(const midge_setting* settings, uint32_t count);

// Refuses what is no JSON object, settings that are unknown, of another type, or missing. Without a
// table (null) the plugin checks everything itself.
[[nodiscard]] Result<> check_plugin_settings(const midge_setting* settings, uint32_t count,
                                             const std::string& config_json);

}  // namespace midge
