// list_plugins() of plugin_library.h.
#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <system_error>
#include <utility>

#include "host/host_tables.h"
#include "host/plugin_library.h"

namespace midge {
namespace {

template <class Table>
void take_description(const LoadedPlugin<Table>& loaded, const char* kind, PluginCatalog& out) {
    const Table table = known_part(*loaded.table);
    PluginDescription plugin{kind, loaded.name, loaded.version, {}, table.settings != nullptr};
    if (plugin.describes_settings)
        plugin.settings.assign(table.settings, table.settings + table.setting_count);
    out.plugins.push_back(std::move(plugin));
}

// One of the two kinds, or why neither.
void describe(const std::string& file, PluginCatalog& out) {
    const auto resolver = load_plugin<midge_resolver>(file, {});
    if (resolver) return take_description(*resolver, "resolver", out);
    const auto sink = load_plugin<midge_sink>(file, {});
    if (sink) return take_description(*sink, "event sink", out);
    // A library that is no plugin at all has the name of one.
    const Error& why = resolver.error().code == Errc::unsupported ? sink.error() : resolver.error();
    out.unusable.push_back(why.text);
}

}  // namespace

PluginCatalog list_plugins(const std::filesystem::path& plugin_dir) {
    std::vector<std::filesystem::path> files;
    std::error_code failure;
    for (std::filesystem::directory_iterator it(plugin_dir, failure), end; !failure && it != end;
         it.increment(failure)) {
        if (it->path().extension() == boost::dll::shared_library::suffix())
            files.push_back(std::filesystem::absolute(it->path()));
    }
    std::sort(files.begin(), files.end());
    PluginCatalog out;
    for (const auto& file : files) describe(file.string(), out);
    return out;
}

}  // namespace midge
