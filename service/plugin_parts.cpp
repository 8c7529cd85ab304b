#include "plugin_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "base/near_word.h"
#include "base/program.h"
#include "host/plugin_library.h"
#include "host/plugin_resolver.h"

namespace midge {
namespace {

namespace fs = std::filesystem;

// Returns "; did you mean ...?" for a plugin that is given by name and is not in the folder.
std::string near_plugin(const std::string& plugin, const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code failure;
    for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
         it.increment(failure)) {
        names.push_back(it->path().stem().string());
    }
    if (std::find(names.begin(), names.end(), plugin) != names.end()) return {};
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    const std::string_view nearest = near_word(plugin, candidates);
    return nearest.empty() ? "" : fmt::format("; did you mean \"{}\"?", nearest);
}

template <class Table>
Result<LoadedPlugin<Table>> load_at(const std::string& plugin, const std::string& where,
                                    const fs::path& folder) {
    auto loaded = load_plugin<Table>(plugin, folder);
    if (!loaded) {
        return fail(loaded.error().code, fmt::format("{}: {}{}", where, loaded.error().text,
                                                     near_plugin(plugin, folder)));
    }
    return loaded;
}

template <class Table>
Result<LoadedPlugin<Table>> load(const std::string& plugin, const std::string& where,
                                 std::string_view what, const fs::path& folder, Logger& log) {
    auto loaded = load_at<Table>(plugin, where, folder);
    if (!loaded) return loaded;
    log.info("Loaded {} plugin {} version {} ({})", what, loaded->name, loaded->version,
             loaded->path);
    return loaded;
}

// Makes the names of instances unique ("resolver-url-2"). They come from the configuration or from
// the plugins. Resolvers and sinks have separate names.
class InstanceNames {
  public:
    // Fails if the configuration gives the same name twice.
    Result<std::string> take(const std::string& configured, const std::string& plugin,
                             const std::string& where) {
        if (configured.size() > instance_bytes_max) {
            return fail(Errc::invalid, fmt::format("{}: instance of {} bytes, expected at most {}",
                                                   where, configured.size(), instance_bytes_max));
        }
        std::string name = configured.empty() ? plugin : configured;
        for (int i = 2; configured.empty() && taken_.contains(name); ++i)
            name = fmt::format("{}-{}", plugin, i);
        if (taken_.insert(name).second) return name;
        return fail(Errc::invalid,
                    fmt::format("{}: instance \"{}\" is there already", where, configured));
    }

  private:
    static constexpr size_t instance_bytes_max = 128;
    std::set<std::string> taken_;
};

Result<std::unique_ptr<AccountResolver>> create_resolver(
    const ResolverOptions& wanted, const fs::path& folder, InstanceNames& names,
    const std::function<void(AccountChange)>& account_changed, Logger& log) {
    auto loaded = load<midge_resolver>(wanted.plugin, wanted.where, "resolver", folder, log);
    if (!loaded) return pass(loaded);
    auto instance = names.take(wanted.instance, loaded->name, wanted.where);
    if (!instance) return pass(instance);
    auto resolver = PluginResolver::create(
        *loaded->table, {wanted.config_json, wanted.timeout, *instance}, account_changed, log);
    if (!resolver)
        return fail(resolver.error().code,
                    fmt::format("{}: {}", wanted.where, resolver.error().text));
    return std::unique_ptr<AccountResolver>(std::move(*resolver));
}

Result<std::unique_ptr<EventSink>> create_sink(const EventSinkOptions& wanted,
                                               const fs::path& folder, InstanceNames& names,
                                               const PluginSurroundings& surroundings,
                                               Logger& log) {
    auto loaded = load<midge_sink>(wanted.plugin, wanted.where, "event sink", folder, log);
    if (!loaded) return pass(loaded);
    auto instance = names.take(wanted.instance, loaded->name, wanted.where);
    if (!instance) return pass(instance);
    auto sink =
        PluginSink::create(*loaded->table,
                           {wanted.config_json, *instance, surroundings.server_id,
                            surroundings.epoch, &surroundings.acknowledged, wanted.include_jwts},
                           log);
    if (!sink)
        return fail(sink.error().code, fmt::format("{}: {}", wanted.where, sink.error().text));
    return std::unique_ptr<EventSink>(std::move(*sink));
}

}  // namespace

fs::path plugin_folder(const Options& options) {
    if (!options.plugin_dir.empty()) return fs::absolute(options.plugin_dir);
    return program_file().parent_path().parent_path() / "lib" / "midge" / "plugins";
}

Result<> check_plugins(const Options& options) {
    const fs::path folder = plugin_folder(options);
    for (const ResolverOptions& wanted : options.resolvers) {
        if (auto loaded = load_at<midge_resolver>(wanted.plugin, wanted.where, folder); !loaded)
            return pass(loaded);
    }
    for (const EventSinkOptions& wanted : options.event_sinks) {
        if (auto loaded = load_at<midge_sink>(wanted.plugin, wanted.where, folder); !loaded)
            return pass(loaded);
    }
    return {};
}

Result<BrokerParts> create_plugins(const Options& options, const PluginSurroundings& surroundings,
                                   Logger& log) {
    const fs::path folder = plugin_folder(options);
    BrokerParts parts;
    InstanceNames resolver_names;
    InstanceNames sink_names;
    for (const ResolverOptions& wanted : options.resolvers) {
        auto resolver =
            create_resolver(wanted, folder, resolver_names, surroundings.account_changed, log);
        if (!resolver) return pass(resolver);
        parts.resolvers.push_back(std::move(*resolver));
    }
    for (const EventSinkOptions& wanted : options.event_sinks) {
        auto sink = create_sink(wanted, folder, sink_names, surroundings, log);
        if (!sink) return pass(sink);
        parts.sinks.push_back(std::move(*sink));
    }
    return parts;
}

}  // namespace midge
