#pragma once
// The plugins that the options ask for, loaded and created.
#include <filesystem>
#include <functional>

#include "base/log.h"
#include "base/result.h"
#include "broker/broker.h"
#include "config/options.h"

namespace midge {

// Where plugins named without a path are: the option, or lib/midge/plugins beside the program's
// bin/.
[[nodiscard]] std::filesystem::path plugin_folder(const Options& options);

// Whether each plugin can be loaded and is of the right kind. What stands in its block is not
// looked at: only the plugin's own create() can do that, and it may make files.
[[nodiscard]] Result<> check_plugins(const Options& options);

// Loads and creates each resolver and sink, and logs its path and version. `account_changed` is
// called on any thread when a resolver says so. Fails with the place in the configuration, the
// plugin and the reason; then all that were made are gone.
[[nodiscard]] Result<BrokerParts> create_plugins(
    const Options& options, const std::function<void(std::string account)>& account_changed,
    Logger& log);

}  // namespace midge
