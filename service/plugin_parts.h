#pragma once
// The plugins that the options ask for, loaded and created.
#include <filesystem>
#include <functional>

#include "base/log.h"
#include "base/result.h"
#include "broker/broker.h"
#include "config/options.h"
#include "host/plugin_sink.h"

namespace midge {

// Where plugins named without a path are: the option, or lib/midge/plugins beside the program's
// bin/.
[[nodiscard]] std::filesystem::path plugin_folder(const Options& options);

// Whether each plugin can be loaded and is of the right kind. What stands in its block is not
// looked at: only the plugin's own create() can do that, and it may make files.
[[nodiscard]] Result<> check_plugins(const Options& options);

// What plugins need of the program.
struct PluginSurroundings {
    // Called on any thread when a resolver says that something changed.
    std::function<void(AccountChange)> account_changed;
    std::string server_id;
    uint64_t epoch = 0;                   // of this start of the server
    AcknowledgedSequences& acknowledged;  // outlives the sinks
};

// Loads and creates each resolver and sink, and logs its path and version. Fails with the place in
// the configuration, the plugin and the reason; then all that were made are gone.
[[nodiscard]] Result<BrokerParts> create_plugins(const Options& options,
                                                 const PluginSurroundings& surroundings,
                                                 Logger& log);

}  // namespace midge
