#include <fmt/format.h>

#include <functional>
#include <limits>
#include <map>

#include "account-server/server_options.h"
#include "base/text.h"
#include "config/config_parser.h"

namespace midge::tools {
namespace {

using Milliseconds = std::chrono::milliseconds;

tl::unexpected<Error> wrong(const ConfigEntry& entry, std::string_view expected) {
    return fail(Errc::invalid,
                fmt::format("{}: \"{}\" is {}, expected {}", entry.value.where.text(), entry.key,
                            entry.value.type_name(), expected));
}

// Applies one entry to the settings.
using Setter = std::function<Result<>(const ConfigEntry&)>;
// By key in lower case.
using Settings = std::map<std::string, Setter>;

Setter text(std::string& target) {
    return [&target](const ConfigEntry& entry) -> Result<> {
        const auto* value = entry.value.as<std::string>();
        if (value == nullptr) return wrong(entry, "a string");
        target = *value;
        return {};
    };
}

Setter boolean(bool& target) {
    return [&target](const ConfigEntry& entry) -> Result<> {
        const auto* value = entry.value.as<bool>();
        if (value == nullptr) return wrong(entry, "true or false");
        target = *value;
        return {};
    };
}

Setter number(int64_t min, int64_t max, std::function<void(int64_t)> set) {
    return [=](const ConfigEntry& entry) -> Result<> {
        const auto* value = entry.value.as<int64_t>();
        if (value == nullptr) return wrong(entry, "a number");
        if (*value < min || *value > max) {
            return fail(Errc::invalid,
                        fmt::format("{}: \"{}\" is {}, expected {}..{}", entry.value.where.text(),
                                    entry.key, *value, min, max));
        }
        set(*value);
        return {};
    };
}

Setter milliseconds(Milliseconds& target) {
    constexpr int64_t day = 24 * 60 * 60 * 1000;
    return number(1, day, [&target](int64_t value) { target = Milliseconds(value); });
}

Setter unsupported() {
    return [](const ConfigEntry& entry) -> Result<> {
        return fail(Errc::unsupported, fmt::format("{}: \"{}\" is not supported yet",
                                                   entry.value.where.text(), entry.key));
    };
}

Result<> apply(const ConfigMap& map, const Settings& settings, const std::string& path,
               std::vector<std::string>& warnings) {
    for (const auto& entry : map.entries()) {
        const auto found = settings.find(to_lower_ascii(entry.key));
        if (found == settings.end()) {
            if (!entry.used_as_variable) {
                warnings.push_back(fmt::format("{}: unknown field \"{}{}\" is ignored",
                                               entry.value.where.text(), path, entry.key));
            }
            continue;
        }
        if (auto ok = found->second(entry); !ok) return ok;
    }
    return {};
}

Setter block(Settings settings, std::vector<std::string>& warnings) {
    return [settings = std::move(settings), &warnings](const ConfigEntry& entry) -> Result<> {
        const auto* map = entry.value.as<ConfigMap>();
        if (map == nullptr) return wrong(entry, "a block");
        return apply(*map, settings, entry.key + ".", warnings);
    };
}

Setter server_list(std::vector<std::string>& target) {
    return [&target](const ConfigEntry& entry) -> Result<> {
        const auto* list = entry.value.as<ConfigArray>();
        if (list == nullptr) return wrong(entry, "a list of URLs");
        target.clear();
        for (const auto& item : *list) {
            const auto* url = item.as<std::string>();
            if (url == nullptr) return wrong(entry, "a list of URLs");
            target.push_back(*url);
        }
        return {};
    };
}

Settings logging_settings(LoggingOptions& logging) {
    return {{"time", boolean(logging.time)},
            {"debug", boolean(logging.debug)},
            {"trace", boolean(logging.trace)},
            {"pid", boolean(logging.pid)},
            {"colors", unsupported()}};
}

Settings http_settings(HttpOptions& http) {
    return {{"host", text(http.host)},
            {"port", number(0, std::numeric_limits<uint16_t>::max(),
                            [&http](int64_t v) { http.port = static_cast<uint16_t>(v); })},
            {"readtimeout", milliseconds(http.read_timeout)},
            {"writetimeout", milliseconds(http.write_timeout)},
            {"tls", unsupported()}};
}

Settings nats_settings(NatsOptions& nats) {
    constexpr int64_t attempts_max = 1'000'000'000;
    return {{"servers", server_list(nats.servers)},
            {"usercredentials", text(nats.creds_file)},
            {"connecttimeout", milliseconds(nats.connect_timeout)},
            {"reconnectwait", milliseconds(nats.reconnect_wait)},
            {"maxreconnects",
             number(-1, attempts_max, [&nats](int64_t v) { nats.reconnects_max = v; })},
            {"tls", unsupported()}};
}

Settings store_settings(ServerOptions& options) {
    return {{"dir", text(options.store_folder)},
            {"nsc", text(options.nsc_folder)},
            {"shard", boolean(options.store_sharded)},
            {"cleanupinterval", unsupported()},
            {"readonly", unsupported()}};
}

}  // namespace

Result<std::vector<std::string>> apply_config_file(const std::string& path,
                                                   ServerOptions& options) {
    auto root = parse_config_file(path, system_config_sources());
    if (!root) return pass(root);
    constexpr int64_t pack_limit = 1'000'000'000;
    std::vector<std::string> warnings;
    const Settings settings = {
        {"operatorjwtpath", text(options.operator_file)},
        {"systemaccountjwtpath", text(options.system_account_file)},
        {"maxreplicationpack",
         number(-1, pack_limit, [&options](int64_t v) { options.pack_max = v; })},
        {"logging", block(logging_settings(options.logging), warnings)},
        {"http", block(http_settings(options.http), warnings)},
        {"nats", block(nats_settings(options.nats), warnings)},
        {"store", block(store_settings(options), warnings)},
        {"signrequestsubject", unsupported()},
        {"signrequesttimeout", unsupported()},
        {"primary", unsupported()},
        {"replicationtimeout", unsupported()},
    };
    if (auto ok = apply(*root, settings, "", warnings); !ok) return pass(ok);
    return warnings;
}

}  // namespace midge::tools
