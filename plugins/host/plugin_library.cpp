#include "host/plugin_library.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <cstddef>
#include <string>
#include <utility>

#include "host/host_tables.h"
#include "host/library_file.h"
#include "host/plugin_settings.h"

namespace midge {
namespace {

template <class Table>
struct Abi;

// `size_min`: the end of the required part; later fields may be missing.
template <>
struct Abi<midge_resolver> {
    static constexpr const char* symbol = MIDGE_RESOLVER_EXPORT;
    static constexpr const char* kind = "resolver";
    static constexpr uint32_t number = MIDGE_RESOLVER_ABI;
    static constexpr size_t size_min =
        offsetof(midge_resolver, destroy) + sizeof(midge_resolver::destroy);
};

template <>
struct Abi<midge_sink> {
    static constexpr const char* symbol = MIDGE_SINK_EXPORT;
    static constexpr const char* kind = "sink";
    static constexpr uint32_t number = MIDGE_SINK_ABI;
    static constexpr size_t size_min = offsetof(midge_sink, destroy) + sizeof(midge_sink::destroy);
};

// A library whose destructor is never called, so that it is never unloaded.
union PinnedLibrary {
    boost::dll::shared_library library;
    explicit PinnedLibrary(const std::filesystem::path& file)
        : library(file, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local) {}
    PinnedLibrary(const PinnedLibrary&) = delete;
    PinnedLibrary& operator=(const PinnedLibrary&) = delete;
    ~PinnedLibrary() {}
};

bool is_plugin_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

Result<std::filesystem::path> plugin_file(std::string_view name_or_path,
                                          const std::filesystem::path& plugin_dir) {
    if (is_plugin_name(name_or_path)) {
        const std::string file =
            std::string(name_or_path) + boost::dll::shared_library::suffix().string();
        return plugin_dir / file;
    }
    std::filesystem::path path(name_or_path);
    if (path.is_absolute()) return path;
    return fail(
        Errc::invalid,
        fmt::format("plugin \"{}\": expected the name of a plugin in {} or an absolute path",
                    name_or_path, plugin_dir.string()));
}

template <class Table>
Result<> check_head(const Table& table) {
    if (table.abi != Abi<Table>::number) {
        return fail(Errc::invalid, fmt::format("{} ABI is {}, expected {}", Abi<Table>::kind,
                                               table.abi, Abi<Table>::number));
    }
    if (table.size < Abi<Table>::size_min) {
        return fail(Errc::invalid,
                    fmt::format("table of {} bytes, expected at least {} for {} ABI {}", table.size,
                                Abi<Table>::size_min, Abi<Table>::kind, Abi<Table>::number));
    }
    for (const auto& [what, text] :
         {std::pair{"name", table.name}, std::pair{"version", table.version}}) {
        if (to_view(text).empty() || text.size > plugin_name_bytes_max) {
            return fail(Errc::invalid, fmt::format("the plugin's {} has {} bytes, expected 1..{}",
                                                   what, text.size, plugin_name_bytes_max));
        }
    }
    return {};
}

Result<> check_function(bool present, const char* function) {
    if (present) return {};
    return fail(Errc::invalid, fmt::format("function \"{}\" is NULL, expected one", function));
}

// Names another version of the ABI that the library has: " (it exports \"midge_resolver_v1\")".
std::string other_version(const boost::dll::shared_library& library, const char* symbol) {
    constexpr int versions_max = 16;
    std::string name(symbol);
    name.erase(name.find_last_not_of("0123456789") + 1);
    for (int version = 1; version <= versions_max; ++version) {
        const std::string candidate = name + std::to_string(version);
        if (library.has(candidate)) return fmt::format(" (it exports \"{}\")", candidate);
    }
    return {};
}

}  // namespace

Result<> check_table(const midge_resolver& table) {
    return check_head(table)
        .and_then([&] { return check_function(table.create != nullptr, "create"); })
        .and_then([&] { return check_function(table.fetch != nullptr, "fetch"); })
        .and_then([&] { return check_function(table.stop != nullptr, "stop"); })
        .and_then([&] { return check_function(table.destroy != nullptr, "destroy"); })
        .and_then([&] {
            const midge_resolver known = known_part(table);
            return check_setting_table(known.settings, known.setting_count);
        });
}

Result<> check_table(const midge_sink& table) {
    return check_head(table)
        .and_then([&] { return check_function(table.create != nullptr, "create"); })
        .and_then([&] { return check_function(table.publish != nullptr, "publish"); })
        .and_then([&] { return check_function(table.stop != nullptr, "stop"); })
        .and_then([&] { return check_function(table.destroy != nullptr, "destroy"); })
        .and_then([&] {
            const midge_sink known = known_part(table);
            return check_setting_table(known.settings, known.setting_count);
        });
}

template <class Table>
Result<LoadedPlugin<Table>> load_plugin(std::string_view name_or_path,
                                        const std::filesystem::path& plugin_dir) {
    auto file = plugin_file(name_or_path, plugin_dir);
    if (!file) return pass(file);
    const std::string path = file->string();
    std::error_code unreadable;
    if (!std::filesystem::is_regular_file(*file, unreadable)) {
        const bool there = std::filesystem::exists(*file, unreadable);
        return fail(Errc::not_found,
                    fmt::format("plugin {}: {}", path, there ? "not a file" : "no such file"));
    }
    if (auto whole = check_library_file(*file); !whole) {
        return fail(Errc::failed,
                    fmt::format("plugin {}: cannot be loaded: {}", path, whole.error().text));
    }
    const Table* table = nullptr;
    try {
        PinnedLibrary pinned(*file);
        if (!pinned.library.has(Abi<Table>::symbol)) {
            return fail(
                Errc::unsupported,
                fmt::format("plugin {}: exports no \"{}\", so it is not a {} plugin of ABI {}{}",
                            path, Abi<Table>::symbol, Abi<Table>::kind, Abi<Table>::number,
                            other_version(pinned.library, Abi<Table>::symbol)));
        }
        table = pinned.library.template get<const Table*()>(Abi<Table>::symbol)();
    } catch (const std::exception& e) {  // Boost.DLL reports the error of the system's loader
        return fail(Errc::failed, fmt::format("plugin {}: cannot be loaded: {}", path, e.what()));
    }
    if (table == nullptr) {
        return fail(Errc::invalid, fmt::format("plugin {}: \"{}\" returned NULL, expected a table",
                                               path, Abi<Table>::symbol));
    }
    if (auto fits = check_table(*table); !fits) {
        return fail(Errc::invalid, fmt::format("plugin {}: {}", path, fits.error().text));
    }
    return LoadedPlugin<Table>{path, plugin_line(table->name), plugin_line(table->version), table};
}

template Result<LoadedPlugin<midge_resolver>> load_plugin(std::string_view,
                                                          const std::filesystem::path&);
template Result<LoadedPlugin<midge_sink>> load_plugin(std::string_view,
                                                      const std::filesystem::path&);

}  // namespace midge
