#include "config/read_resolver.h"

#include <algorithm>
#include <filesystem>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/white_space.h"
#include "base/wire_error.h"
#include "config/config_json.h"
#include "config/go_duration.h"
#include "config/read_tls.h"
#include "config/unbuilt_settings.h"
#include "config/url_check.h"

namespace midge {
namespace {

constexpr std::string_view jwt_start = "eyJ";

// Returns a text of a plugin's block. No value: an error was reported.
std::optional<std::string> text_entry(ConfigReader& reader, const ConfigMap& map,
                                      std::string_view key) {
    const ConfigEntry* entry = map.find(key);
    if (entry == nullptr) return std::string();
    return reader.text(entry->value);
}

bool flag_entry(ConfigReader& reader, const ConfigMap& map, std::string_view key) {
    const ConfigEntry* entry = map.find(key);
    return entry != nullptr && reader.flag(entry->value).value_or(false);
}

// `where`: position of the block.
std::optional<std::chrono::nanoseconds> duration_entry(ConfigReader& reader,
                                                       const ConfigPosition& where,
                                                       const ConfigMap& map, std::string_view key) {
    const ConfigEntry* entry = map.find(key);
    if (entry == nullptr) return std::nullopt;
    const auto written = reader.text(entry->value);
    if (!written) return std::nullopt;
    const auto parsed = parse_go_duration(*written);
    if (parsed) return *parsed;
    reader.error(where, parsed.error().text);
    return std::nullopt;
}

// Reports the first error, in nats-server's order, that applies to all types of resolvers.
bool check_entries(ConfigReader& reader, const ConfigPosition& where, const ConfigMap& map) {
    const size_t errors_before = reader.errors().size();
    const auto failed = [&] { return reader.errors().size() > errors_before; };
    for (const std::string_view key : {"dir", "type"}) {
        (void)text_entry(reader, map, key);
        if (failed()) return false;
    }
    for (const std::string_view key : {"allow_delete", "hard_delete"}) {
        (void)flag_entry(reader, map, key);
        if (failed()) return false;
    }
    if (const ConfigEntry* const limit = map.find("limit")) (void)reader.integer(limit->value);
    for (const std::string_view key : {"ttl", "interval", "timeout"}) {
        if (failed()) return false;
        (void)duration_entry(reader, where, map, key);
    }
    return !failed();
}

void read_fetch_timeout(ConfigReader& reader, const ConfigPosition& where, const ConfigMap& map,
                        ResolverOptions& resolver) {
    const auto timeout = duration_entry(reader, where, map, "timeout");
    if (!timeout) return;
    if (timeout->count() <= 0) {
        // nats-server spells it like this.
        reader.error(where,
                     fmt::format("Fetch timeout {} is too smal", go_duration(timeout->count())));
        return;
    }
    resolver.timeout = std::chrono::ceil<std::chrono::milliseconds>(*timeout);
}

// Returns the settings of a plugin's block without those that the host reads itself.
std::string plugin_settings(const ConfigMap& map,
                            std::initializer_list<std::string_view> host_keys) {
    JsonWriter json;
    json.begin_object();
    for (const ConfigEntry* entry : map.in_key_order()) {
        if (std::find(host_keys.begin(), host_keys.end(), entry->key) != host_keys.end()) continue;
        json.key(entry->key);
        write_json(json, entry->value);
    }
    return json.end_object().take();
}

ResolverOptions memory_resolver(const ConfigReader& reader) {
    JsonWriter json;
    json.begin_object().key("preload");
    const ConfigEntry* preload = reader.top("resolver_preload");
    const auto* jwts = preload == nullptr ? nullptr : preload->value.as<ConfigMap>();
    if (jwts != nullptr) {
        write_json(json, *jwts);
    } else {
        json.begin_object().end_object();
    }
    ResolverOptions resolver;
    resolver.plugin = ResolverOptions::memory_plugin;
    resolver.config_json = json.end_object().take();
    return resolver;
}

ResolverOptions url_resolver(const ConfigReader& reader, std::string_view url) {
    ResolverOptions resolver;
    resolver.plugin = "resolver-url";
    JsonWriter json;
    json.begin_object()
        .field("url", url)
        .field("timeout_ms", static_cast<int64_t>(resolver.timeout.count()));
    const ConfigEntry* tls = reader.top("resolver_tls");
    const auto* settings = tls == nullptr ? nullptr : tls->value.as<ConfigMap>();
    if (settings != nullptr) {
        json.key("tls").begin_object();
        for (const ConfigEntry* entry : settings->in_written_order()) {
            json.key(to_lower_ascii(entry->key));
            write_json(json, entry->value);
        }
        json.end_object();
    }
    resolver.config_json = json.end_object().take();
    return resolver;
}

bool is_usable_folder(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (!fs::exists(status)) return true;  // created when it is first needed
    return fs::is_directory(status) &&
           (status.permissions() & fs::perms::owner_write) != fs::perms::none;
}

// Reads {type: full, dir: ...}.
std::optional<ResolverOptions> folder_resolver(ConfigReader& reader, const ConfigPosition& where,
                                               const ConfigMap& map) {
    const auto folder = text_entry(reader, map, "dir");
    if (!folder) return std::nullopt;
    const bool allow_delete = flag_entry(reader, map, "allow_delete");
    const bool hard_delete = flag_entry(reader, map, "hard_delete");
    if (folder->empty()) {
        reader.error(where, "dir has no value and needs to point to a directory");
    } else if (!is_usable_folder(*folder)) {
        reader.error(where, "dir needs to point to an accessible directory");
    }
    if (duration_entry(reader, where, map, "ttl").value_or(std::chrono::nanoseconds(0)).count() !=
        0) {
        reader.error(where, "FULL does not accept ttl");
    }
    if (map.find("hard_delete") != nullptr && !allow_delete) {
        reader.error(where, "hard_delete has no effect without delete");
    }
    // "interval" is the time between comparisons with other servers of a cluster; a single server
    // has none.
    ResolverOptions resolver;
    resolver.plugin = "resolver-dir";
    read_fetch_timeout(reader, where, map, resolver);
    JsonWriter json;
    json.begin_object().field("dir", *folder);
    if (const ConfigEntry* limit = map.find("limit")) {
        const auto number = reader.integer(*limit, 0, std::numeric_limits<int64_t>::max());
        if (number.value_or(0) > 0) json.field("limit", *number);
    }
    json.field("allow_delete", allow_delete).field("hard_delete", hard_delete);
    resolver.config_json = json.end_object().take();
    return resolver;
}

// Reads {plugin: ..., timeout: ..., <settings of the plugin>}, which only Midge has.
std::optional<ResolverOptions> plugin_resolver(ConfigReader& reader, const ConfigPosition& where,
                                               const ConfigMap& map) {
    const auto name = text_entry(reader, map, "plugin");
    const auto instance = text_entry(reader, map, "instance");
    if (!name || !instance) return std::nullopt;
    ResolverOptions resolver;
    resolver.plugin = *name;
    resolver.instance = *instance;
    read_fetch_timeout(reader, where, map, resolver);
    resolver.config_json = plugin_settings(map, {"plugin", "instance", "timeout"});
    return resolver;
}

// Returns the URL of "URL(http://host/path/)" or `URL("...")`; empty for another form.
std::string_view url_of(std::string_view text) {
    text = trim(text.substr(std::string_view("URL").size()));
    if (text.size() < 2 || text.front() != '(' || text.back() != ')') return {};
    text = trim(text.substr(1, text.size() - 2));
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    return text.find_first_of(" \t\n\f\r\"") == std::string_view::npos ? text : std::string_view();
}

std::optional<ResolverOptions> one_resolver(ConfigReader& reader, const ConfigValue& value) {
    const auto refuse = [&] {
        reader.error(value.where,
                     "error parsing account resolver, should be MEM or  URL(\"url\") or a map "
                     "containing dir and type "
                     "state=[FULL|CACHE])");
        return std::nullopt;
    };
    if (const auto* text = value.as<std::string>()) {
        const std::string lower = to_lower_ascii(trim(*text));
        if (lower.starts_with("url")) {
            const std::string_view url = strip_white_space(url_of(trim(*text)));
            if (url.empty()) return refuse();
            if (is_go_url(url)) return url_resolver(reader, url);
            reader.error(value.where,
                         fmt::format("error parsing account resolver url [{}]", go_quote(url)));
            return std::nullopt;
        }
        return lower == "mem" || lower == "memory" ? std::optional(memory_resolver(reader))
                                                   : refuse();
    }
    const auto* map = value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(value.where, fmt::format("error parsing operator resolver, wrong type {}",
                                              value.type_name()));
        return std::nullopt;
    }
    if (map->find("plugin") != nullptr) return plugin_resolver(reader, value.where, *map);
    if (!check_entries(reader, value.where, *map)) return std::nullopt;
    const auto type = text_entry(reader, *map, "type");
    if (!type) return std::nullopt;
    const std::string lower = to_lower_ascii(*type);
    if (lower == "full") return folder_resolver(reader, value.where, *map);
    if (lower == "mem" || lower == "memory") return memory_resolver(reader);
    if (lower != "cache") return refuse();
    reader.own_error(value.where,
                     "\"type: cache\" is not supported yet; nats-server has it, Midge does not");
    return std::nullopt;
}

// Returns the content of the file `name`, or `name` itself if it is a JWT.
Result<std::string> operator_content(const ConfigReader& reader, const std::string& name) {
    if (name.starts_with(jwt_start) && name.find('.') != std::string::npos) return name;
    return reader.sources().read_file(name);
}

}  // namespace

void read_operator(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const auto names = reader.texts(entry.value, "operators");
    if (!names) return;
    options.operator_jwts.clear();
    for (const std::string& name : *names) {
        auto content = operator_content(reader, name);
        Result<std::string> jwt = !content ? content
                                  : reader.checks().operator_jwt
                                      ? reader.checks().operator_jwt(*content)
                                      : std::string(trim(*content));
        if (jwt) {
            options.operator_jwts.push_back(std::move(*jwt));
        } else {
            reader.error(entry.value.where, "error parsing operator JWT: " + jwt.error().text);
        }
    }
}

void read_trusted_keys(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    auto keys = reader.texts(entry.value, "trusted");
    if (!keys) return;
    const auto* items = entry.value.as<ConfigArray>();
    for (size_t i = 0; i < keys->size(); ++i) {
        const std::string& key = (*keys)[i];
        if (reader.is_public_key(key, 'O')) continue;
        const bool one_each = items != nullptr && items->size() == keys->size();
        reader.error(
            one_each ? (*items)[i].where : entry.value.where,
            fmt::format("trust key {} required to be a valid public operator nkey", go_quote(key)));
    }
    options.trusted_keys = std::move(*keys);
}

void read_resolver(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    options.resolvers.clear();
    const auto add = [&](const ConfigValue& value) {
        auto resolver = one_resolver(reader, value);
        if (!resolver) return;
        resolver->where = value.where.start_text();
        options.resolvers.push_back(std::move(*resolver));
    };
    const auto* chain = entry.value.as<ConfigArray>();
    if (chain == nullptr) return add(entry.value);
    if (chain->empty())
        reader.own_error(entry.value.where,
                         "the list of resolvers is empty, expected at least one");
    for (const ConfigValue& item : *chain) add(item);
}

void read_resolver_preload(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const auto* map = entry.value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(entry.value.where,
                     "preload should be a map of account_public_key:account_jwt");
        return;
    }
    options.resolver_preload.clear();
    for (const ConfigEntry* account : map->in_written_order()) {
        const auto* jwt = account->value.as<std::string>();
        if (jwt == nullptr) {
            reader.error(account->value.where, "preload map value should be a string JWT");
        } else if (reader.checks().account_jwt && !reader.checks().account_jwt(*jwt)) {
            reader.error(account->value.where, "invalid account JWT");
        } else {
            options.resolver_preload[account->key] = *jwt;
        }
    }
}

void check_resolver_tls(ConfigReader& reader, const ConfigEntry& entry, Options& /*options*/) {
    if (!read_tls_block(reader, entry)) return;
    for (const ConfigEntry* part : entry.value.as<ConfigMap>()->in_written_order()) {
        const std::string key = to_lower_ascii(part->key);
        const auto* const flag = part->value.as<bool>();
        const bool used =
            key == "cert_file" || key == "key_file" || key == "ca_file" || key == "insecure";
        // A setting that would have no effect is refused, so that nobody relies on it.
        if (!used && is_tls_setting(key) && (flag == nullptr || *flag)) reader.not_supported(*part);
    }
}

void read_pinned_accounts(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    if (auto keys = reader.texts(entry.value, "resolver_pinned_accounts")) {
        options.resolver_pinned_accounts = std::move(*keys);
    }
}

void read_event_sinks(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const auto* items = entry.value.as<ConfigArray>();
    if (items == nullptr) {
        reader.own_error(
            entry.value.where,
            fmt::format("event_sinks is {}, expected a list of blocks", entry.value.type_name()));
        return;
    }
    options.event_sinks.clear();
    for (const ConfigValue& item : *items) {
        const auto* map = item.as<ConfigMap>();
        const ConfigEntry* plugin = map == nullptr ? nullptr : map->find("plugin");
        if (plugin == nullptr) {
            reader.own_error(item.where,
                             "an event sink needs a block with the name of its plugin: {plugin: "
                             "\"sink-file\", ...}");
            continue;
        }
        const auto name = reader.text(plugin->value);
        const auto instance = text_entry(reader, *map, "instance");
        if (!name || !instance) continue;
        options.event_sinks.push_back(
            {*name, *instance, flag_entry(reader, *map, "include_jwts"),
             plugin_settings(*map, {"plugin", "instance", "include_jwts"}),
             item.where.start_text()});
    }
}

}  // namespace midge
