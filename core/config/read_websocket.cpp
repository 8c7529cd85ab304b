#include "config/read_websocket.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/wire_error.h"
#include "config/go_duration.h"
#include "config/options_loader.h"
#include "config/read_authorization.h"
#include "config/read_general.h"
#include "config/read_seconds.h"
#include "config/read_tls.h"

namespace midge {
namespace {

using Block = WebsocketOptions;

// Headers of the response that an operator must not set.
constexpr std::array<std::string_view, 5> reserved_headers = {
    "upgrade", "connection", "sec-websocket-accept", "sec-websocket-extensions",
    "sec-websocket-protocol"};

constexpr std::array<std::pair<std::string_view, std::string Block::*>, 6> texts = {{
    {"advertise", &Block::advertise},
    {"jwt_cookie", &Block::jwt_cookie},
    {"user_cookie", &Block::user_cookie},
    {"pass_cookie", &Block::password_cookie},
    {"token_cookie", &Block::token_cookie},
    {"no_auth_user", &Block::no_auth_user},
}};

constexpr std::array<std::pair<std::string_view, bool Block::*>, 4> flags = {{
    {"no_tls", &Block::no_tls},
    {"same_origin", &Block::same_origin},
    {"compression", &Block::compression},
    {"compress", &Block::compression},
}};

bool is_origins_key(std::string_view key) {
    constexpr std::array<std::string_view, 6> keys = {
        "allowed_origins", "allowed_origin", "allow_origins", "allow_origin", "origins", "origin"};
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

void read_address(ConfigReader& reader, const ConfigEntry& entry, Block& block) {
    const auto address = read_host_and_port(reader, entry);
    if (!address) return;
    block.host = address->first;
    block.port = address->second;
}

void read_handshake_timeout(ConfigReader& reader, const ConfigEntry& entry, Block& block) {
    std::optional<std::chrono::nanoseconds> timeout;
    if (const auto* seconds = entry.value.as<int64_t>()) {
        timeout = std::chrono::seconds(std::clamp<int64_t>(*seconds, 0, INT32_MAX));
    } else if (const auto* text = entry.value.as<std::string>()) {
        const auto parsed = parse_go_duration(*text);
        if (!parsed) return reader.error(entry.value.where, parsed.error().text);
        timeout = *parsed;
    } else {
        return reader.error(entry.value.where,
                            "error parsing handshake timeout: unsupported type " +
                                std::string(entry.value.type_name()));
    }
    if (timeout->count() > 0)
        block.handshake_timeout = std::chrono::ceil<std::chrono::milliseconds>(*timeout);
}

void read_login(ConfigReader& reader, const ConfigEntry& entry, Block& block) {
    const ConfigMap* const map = reader.map(entry.value);
    if (map == nullptr) return;
    reader.each_entry(*map, [&](const std::string& key, const ConfigEntry& part) {
        if (read_credential(reader, key, part, block.user, block.password, block.token))
            return true;
        if (key != "timeout") return false;
        block.auth_timeout = read_seconds(reader, part, "error parsing authorization config",
                                          AuthorizationOptions{}.timeout);
        return true;
    });
}

// Whether the text contains nothing that could end the header or the response.
bool is_header_text(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void read_headers(ConfigReader& reader, const ConfigEntry& entry, Block& block) {
    const auto* map = entry.value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(entry.value.where, "error parsing headers: unsupported type " +
                                            std::string(entry.value.type_name()));
        return;
    }
    for (const ConfigEntry* item : map->in_written_order()) {
        auto text = item->value.as<std::string>();
        if (text == nullptr) {
            reader.error(item->value.where,
                         fmt::format("error parsing header key {}: unsupported type {}", item->key,
                                     item->value.type_name()));
        } else if (!is_header_text(item->key) || !is_header_text(*text)) {
            reader.own_error(item->value.where,
                             fmt::format("header {} holds a line end", go_quote(item->key)));
        } else {
            block.headers[item->key] = *text;
        }
    }
}

void read_port(ConfigReader& reader, const ConfigEntry& entry, Block& block) {
    if (const auto port = reader.integer(entry, -1, 65535)) block.port = static_cast<int>(*port);
}

void read_ping_interval(ConfigReader& reader, const ConfigEntry& entry, Block& block) {
    const auto interval = reader.duration(entry);
    if (interval && interval->count() > 0)
        block.ping_interval = std::chrono::ceil<std::chrono::milliseconds>(*interval);
}

// Returns false for a key that the block does not have.
bool read_part(ConfigReader& reader, const ConfigEntry& entry, const std::string& key,
               Block& block) {
    for (const auto& [name, member] : texts) {
        if (key != name) continue;
        if (auto text = reader.text(entry.value)) block.*member = std::move(*text);
        return true;
    }
    for (const auto& [name, member] : flags) {
        if (key != name) continue;
        if (const auto value = reader.flag(entry.value)) block.*member = *value;
        return true;
    }
    if (key == "listen") {
        read_address(reader, entry, block);
    } else if (key == "port") {
        read_port(reader, entry, block);
    } else if (key == "host" || key == "net") {
        if (auto host = reader.text(entry.value)) block.host = std::move(*host);
    } else if (key == "tls") {
        block.tls = read_tls_block(reader, entry);
    } else if (is_origins_key(key)) {
        if (auto origins = reader.texts(entry.value, "allowed origins"))
            block.allowed_origins = std::move(*origins);
    } else if (key == "handshake_timeout") {
        read_handshake_timeout(reader, entry, block);
    } else if (key == "authorization" || key == "authentication") {
        read_login(reader, entry, block);
    } else if (key == "headers") {
        read_headers(reader, entry, block);
    } else if (key == "ping_interval") {
        read_ping_interval(reader, entry, block);
    } else {
        return false;
    }
    return true;
}

}  // namespace

void read_websocket(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const auto* map = entry.value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(entry.value.where, fmt::format("Expected websocket to be a map, got {}",
                                                    entry.value.type_name()));
        return;
    }
    Block block;
    reader.each_entry(*map, [&](const std::string& key, const ConfigEntry& part) {
        return read_part(reader, part, key, block);
    });
    options.websocket = std::move(block);
}

Result<> check_websocket(const Options& options) {
    const auto refuse = [](std::string text) { return fail(Errc::invalid, std::move(text)); };
    const Block& block = options.websocket;
    if (!block.tls && !block.no_tls) return refuse("websocket requires TLS configuration");
    const bool users = !all_users(options).empty();
    if (users && !block.user.empty()) {
        return refuse(
            "websocket authentication username not compatible with presence of users/nkeys");
    }
    if (users && !block.token.empty()) {
        return refuse("websocket authentication token not compatible with presence of users/nkeys");
    }
    if (!block.jwt_cookie.empty() && options.operator_jwts.empty() &&
        options.trusted_keys.empty()) {
        return refuse(
            fmt::format("trusted operators or trusted keys configuration is required for JWT "
                        "authentication via cookie {}",
                        go_quote(block.jwt_cookie)));
    }
    for (const auto& [name, value] : block.headers) {
        const std::string lower = to_lower_ascii(name);
        if (std::find(reserved_headers.begin(), reserved_headers.end(), lower) !=
            reserved_headers.end()) {
            return refuse(fmt::format("websocket: invalid header {} not allowed", go_quote(name)));
        }
    }
    return {};
}

}  // namespace midge
