#pragma once
// Loads and creates the plugins of the options.
#include <filesystem>
#include <functional>

#include "base/log.h"
#include "base/result.h"
#include "broker/broker.h"
#include "config/options.h"
#include "host/plugin_sink.h"

namespace midge {

// Returns the folder of plugins that are named without a path: the option, or lib/midge/plugins
// beside the program's bin/.
[[nodiscard]] std::filesystem::path plugin_folder(const Options& options);

// Checks that each plugin can be loaded and has the right kind. Does not check its settings: only
// the plugin's create() can do that completely, and it may make files.
[[nodiscard]] Result<> check_plugins(const Options& options);

// The parts of the program that plugins need.
struct PluginSurroundings {
    // Called on any thread when a resolver reports a change.
    std::function<void(AccountChange)> account_changed;
    std::string server_id;
    uint64_t epoch = 0;                   // differs for each start of the server
    AcknowledgedSequences& acknowledged;  // outlives the sinks
};

// Loads and creates all resolvers and sinks, and logs their paths and versions. The error names the
// place in the configuration, the plugin and the reason; then all plugins that were created are
// destroyed.
[[nodiscard]] Result<BrokerParts> create_plugins(const Options& options,
                                                 const PluginSurroundings& surroundings,
                                                 Logger& log);

}  // namespace midge
