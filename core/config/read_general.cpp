#include "config/read_general.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "base/white_space.h"
#include "base/wire_error.h"
#include "config/host_port.h"

namespace midge {

std::optional<std::pair<std::string, int>> read_host_and_port(ConfigReader& reader,
                                                              const ConfigEntry& entry) {
    const auto refuse = [&](std::string_view why) {
        reader.error(entry.value.where, why);
        return std::nullopt;
    };
    const auto check_port = [&](std::string_view host,
                                int64_t port) -> std::optional<std::pair<std::string, int>> {
        if (port < -1 || port > 65535) {
            reader.own_error(entry.value.where,
                             fmt::format("{} is {}, expected -1..65535", entry.key, port));
            return std::nullopt;
        }
        return std::pair(host.empty() ? Options{}.host : std::string(host), static_cast<int>(port));
    };
    if (const auto* port = entry.value.as<int64_t>()) return check_port({}, *port);
    const auto* text = entry.value.as<std::string>();
    if (text == nullptr)
        return refuse(fmt::format("expected port or host:port, got {}", entry.value.type_name()));
    const auto parts = split_host_port(*text);
    if (!parts) return refuse("could not parse address string " + go_quote(*text));
    const auto port = parse_go_integer(parts->second);
    if (!port) return refuse("could not parse port " + go_quote(parts->second));
    return check_port(parts->first, *port);
}

void read_listen(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const auto address = read_host_and_port(reader, entry);
    if (!address) return;
    options.host = address->first;
    options.port = address->second == 0 ? Options{}.port : address->second;
}

void read_server_name(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    auto name = reader.text(entry.value);
    if (!name) return;
    if (name->find(' ') != std::string::npos) {
        reader.error(entry.value.where, "server name cannot contain spaces");
        return;
    }
    options.server_name = std::move(*name);
}

void read_server_tags(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const auto tags = reader.texts(entry.value, "tags");
    if (!tags) return;
    for (const std::string& written : *tags) {
        std::string tag = to_lower_ascii(strip_white_space(written));
        auto& all = options.server_tags;
        if (!tag.empty() && std::find(all.begin(), all.end(), tag) == all.end())
            all.push_back(std::move(tag));
    }
}

void read_server_metadata(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const auto* map = entry.value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(entry.value.where, fmt::format("error parsing metadata: unsupported type {}",
                                                    entry.value.type_name()));
        return;
    }
    for (const ConfigEntry* item : map->in_written_order()) {
        if (auto text = reader.text(item->value))
            options.server_metadata[item->key] = std::move(*text);
    }
}

void read_max_connections(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const auto most = reader.integer(entry, -1, std::numeric_limits<int>::max());
    if (most) options.connections_max = *most == 0 ? -1 : static_cast<int>(*most);
}

void read_no_header_support(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    if (const auto value = reader.flag(entry.value)) options.header_support = !*value;
}

// The two values are nats-server's behaviours; without the key, Midge's own behaviour applies.
void read_no_fast_producer_stall(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const auto value = reader.flag(entry.value);
    if (value)
        options.slow_consumers = *value ? SlowConsumerPolicy::drop : SlowConsumerPolicy::stall;
}

void read_lame_duck_duration(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    constexpr auto least = std::chrono::seconds(30);
    const auto value = reader.written_duration(entry);
    if (!value) return;
    if (*value < least) {
        reader.error(entry.value.where,
                     fmt::format("invalid lame_duck_duration of {}, minimum is 30 seconds",
                                 go_duration(value->count())));
        return;
    }
    options.lame_duck_duration = std::chrono::ceil<std::chrono::milliseconds>(*value);
}

void read_lame_duck_grace_period(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const auto value = reader.written_duration(entry);
    if (!value) return;
    if (value->count() < 0) {
        reader.error(entry.value.where, "invalid lame_duck_grace_period, needs to be positive");
        return;
    }
    options.lame_duck_grace_period = value->count() == 0
                                         ? Options{}.lame_duck_grace_period
                                         : std::chrono::ceil<std::chrono::milliseconds>(*value);
}

void read_logfile_rotate_every(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    constexpr auto least = std::chrono::minutes(1);
    const auto value = reader.written_duration(entry);
    if (!value) return;
    if (value->count() != 0 && *value < least) {
        reader.own_error(entry.value.where,
                         fmt::format("logfile_rotate_every is {}, expected 0s or at least 1m",
                                     go_duration(value->count())));
        return;
    }
    options.log.rotation_period = std::chrono::ceil<std::chrono::seconds>(*value);
}

void read_log_format(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const auto value = reader.text(entry.value);
    if (!value) return;
    if (*value != "text" && *value != "json") {
        reader.own_error(entry.value.where,
                         fmt::format("log_format is {}, expected text or json", go_quote(*value)));
        return;
    }
    options.log.json = *value == "json";
}

void read_trace_verbose(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    if (const auto value = reader.flag(entry.value))
        options.log.trace = options.log.trace_verbose = *value;
}

void read_trace_headers(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    if (const auto value = reader.flag(entry.value))
        options.log.trace = options.log.trace_headers = *value;
}

void read_system_account(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    if (const auto* name = entry.value.as<std::string>()) {
        options.system_account = *name;
    } else {
        reader.error(entry.value.where, "system account name must be a string");
    }
}

void read_reactor(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    auto name = reader.text(entry.value);
    if (!name) return;
    if (*name != "epoll" && *name != "poco") {
        reader.own_error(
            entry.value.where,
            fmt::format("reactor is {}, expected \"epoll\" or \"poco\"", go_quote(*name)));
        return;
    }
    options.reactor = std::move(*name);
}

}  // namespace midge
