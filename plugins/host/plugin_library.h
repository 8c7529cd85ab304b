#pragma once
// Finds and loads plugin libraries, which export one function that returns a C table (plugins/abi).
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "abi/midge_resolver.h"
#include "abi/midge_sink.h"
#include "base/result.h"

namespace midge {

// The checked table of a loaded library. The library is never unloaded, because a thread of a
// plugin may still execute its code after its instance is destroyed. Thus the table exists as long
// as the process.
template <class Table>
struct LoadedPlugin {
    std::string path;     // of the file
    std::string name;     // the name that the plugin gives itself
    std::string version;  // of the plugin
    const Table* table = nullptr;
};

// Loads a plugin; Table is midge_resolver or midge_sink. A name ("resolver-url": letters, digits,
// '-' and '_') is looked up in `plugin_dir`, with the system's suffix added; any other text must be
// an absolute path. The error names the file, the symbol, and the versions found and expected.
// Loading the same file again returns the same table, even if the file was replaced: a new version
// needs a restart.
template <class Table>
[[nodiscard]] Result<LoadedPlugin<Table>> load_plugin(std::string_view name_or_path,
                                                      const std::filesystem::path& plugin_dir);

extern template Result<LoadedPlugin<midge_resolver>> load_plugin(std::string_view,
                                                                 const std::filesystem::path&);
extern template Result<LoadedPlugin<midge_sink>> load_plugin(std::string_view,
                                                             const std::filesystem::path&);

// What a plugin says of itself.
struct PluginDescription {
    std::string kind;  // "resolver", "event sink"
    std::string name;
    std::string version;
    std::vector<midge_setting> settings;  // live as long as the process
    bool describes_settings = false;      // `settings` are all that it knows
};
struct PluginCatalog {
    std::vector<PluginDescription> plugins;  // by name
    std::vector<std::string> unusable;       // why, of each other library
};
// Loads every library in the folder whose name can be that of a plugin; none if there is no folder.
[[nodiscard]] PluginCatalog list_plugins(const std::filesystem::path& plugin_dir);

// Whether the host can use a table: ABI number, size, name and the required functions.
[[nodiscard]] Result<> check_table(const midge_resolver& table);
[[nodiscard]] Result<> check_table(const midge_sink& table);

}  // namespace midge
