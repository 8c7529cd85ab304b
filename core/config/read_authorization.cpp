#include "config/read_authorization.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "base/wire_error.h"
#include "config/read_auth_callout.h"
#include "config/read_permissions.h"
#include "config/read_seconds.h"

namespace midge {
namespace {

constexpr std::array<std::string_view, 7> connection_types = {
    "STANDARD", "WEBSOCKET", "LEAFNODE", "LEAFNODE_WS", "MQTT", "MQTT_WS", "IN_PROCESS"};

std::string upper(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return out;
}

std::optional<std::vector<std::string>> read_connection_types(ConfigReader& reader,
                                                              const ConfigEntry& entry) {
    auto written = reader.texts(entry.value, "allowed connection types");
    if (!written) return std::nullopt;
    std::vector<std::string> known;
    std::string unknown;
    for (const std::string& text : *written) {
        const std::string type = upper(text);
        if (std::find(connection_types.begin(), connection_types.end(), type) !=
            connection_types.end()) {
            known.push_back(type);
        } else {
            unknown += fmt::format("{}{}", unknown.empty() ? "" : " ", go_quote(type));
        }
    }
    if (!unknown.empty()) {
        reader.error(entry.value.where, fmt::format("invalid connection types [{}]", unknown));
        return std::nullopt;
    }
    return known;
}

// No value: an error was reported.
std::optional<UserOptions> read_user(ConfigReader& reader, const ConfigValue& value) {
    const auto* map = value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(value.where,
                     "Expected user entry to be a map/struct, got " + written_text(value));
        return std::nullopt;
    }
    UserOptions user;
    reader.each_entry(*map, [&](const std::string& key, const ConfigEntry& entry) {
        const auto text_into = [&](std::string& target) {
            if (auto text = reader.text(entry.value)) target = std::move(*text);
        };
        if (key == "user" || key == "username") {
            text_into(user.name);
        } else if (key == "pass" || key == "password") {
            text_into(user.password);
        } else if (key == "nkey") {
            text_into(user.nkey);
        } else if (key == "permissions" || key == "permission" || key == "authorization") {
            user.permissions = read_permissions(reader, entry);
        } else if (key == "allowed_connection_types" || key == "connection_types" ||
                   key == "clients") {
            user.allowed_connection_types = read_connection_types(reader, entry);
        } else if (key == "proxy_required") {
            if (const auto flag = reader.flag(entry.value)) user.proxy_required = *flag;
        } else {
            return false;
        }
        return true;
    });
    // nats-server reports the position of the user's last field.
    const ConfigPosition& where =
        map->empty() ? value.where : map->in_written_order().back()->value.where;
    if (user.name.empty() && user.nkey.empty()) {
        reader.error(where, "User entry requires a user");
        return std::nullopt;
    }
    if (user.nkey.empty()) return user;
    if (!reader.is_public_key(user.nkey, 'U')) {
        reader.error(where, "Not a valid public nkey for a user");
        return std::nullopt;
    }
    if (!user.name.empty() || !user.password.empty()) {
        reader.error(where, "Nkey users do not take usernames or passwords");
        return std::nullopt;
    }
    return user;
}

// Returns the error about the block as a whole, if any.
std::optional<std::string> conflict(const AuthorizationOptions& block, bool users_given,
                                    const Options& options) {
    if ((!block.user.empty() || !block.password.empty()) && !block.token.empty()) {
        return "Cannot have a user/pass and token";
    }
    const std::vector<UserOptions> others = all_users(options);
    const bool any_users = users_given || !others.empty();
    if (any_users && !block.user.empty())
        return "Can not have a single user/pass and a users array";
    if (any_users && !block.token.empty()) return "Can not have a token and a users array";
    UserNames names;
    (void)names.add(others);  // duplicates were reported before
    return names.add(block.users);
}

}  // namespace

bool read_credential(ConfigReader& reader, const std::string& key, const ConfigEntry& entry,
                     std::string& user, std::string& password, std::string& token) {
    std::string* const target = key == "user" || key == "username"   ? &user
                                : key == "pass" || key == "password" ? &password
                                : key == "token"                     ? &token
                                                                     : nullptr;
    if (target == nullptr) return false;
    if (auto text = reader.text(entry.value)) *target = std::move(*text);
    return true;
}

std::string not_a_list_of_users(const ConfigValue& value) {
    return "Expected users field to be an array, got " + written_text(value);
}

std::vector<UserOptions> read_users(ConfigReader& reader, const ConfigEntry& entry) {
    std::vector<UserOptions> users;
    const auto* items = entry.value.as<ConfigArray>();
    if (items == nullptr) {
        reader.error(entry.value.where, not_a_list_of_users(entry.value));
        return users;
    }
    for (const ConfigValue& item : *items) {
        if (auto user = read_user(reader, item)) users.push_back(std::move(*user));
    }
    return users;
}

std::optional<std::string> UserNames::add(const std::vector<UserOptions>& users) {
    std::optional<std::string> duplicate;
    for (const UserOptions& user : users) {
        const std::string& name = user.nkey.empty() ? user.name : user.nkey;
        if (names_.insert(name).second || duplicate) continue;
        duplicate = fmt::format("Duplicate {} {} detected", user.nkey.empty() ? "user" : "nkey",
                                go_quote(name));
    }
    return duplicate;
}

std::vector<UserOptions> all_users(const Options& options) {
    std::vector<UserOptions> users = options.authorization.users;
    for (const AccountOptions& account : options.accounts) {
        users.insert(users.end(), account.users.begin(), account.users.end());
    }
    return users;
}

void read_authorization(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    const ConfigMap* map = reader.map(entry.value);
    if (map == nullptr) return;
    AuthorizationOptions block;
    bool users_given = false;
    reader.each_entry(*map, [&](const std::string& key, const ConfigEntry& part) {
        if (read_credential(reader, key, part, block.user, block.password, block.token))
            return true;
        if (key == "timeout") {
            const auto timeout = read_seconds(reader, part, "error parsing authorization config",
                                              AuthorizationOptions{}.timeout, LongTime::warned_of);
            if (timeout) block.timeout = *timeout;
            block.timeout_given = true;
        } else if (key == "users") {
            users_given = true;
            block.users = read_users(reader, part);
        } else if (key == "default_permissions" || key == "default_permission" ||
                   key == "permissions") {
            block.default_permissions = read_permissions(reader, part);
        } else if (key == "auth_callout" || key == "auth_hook") {
            block.callout = read_auth_callout(reader, part);
        } else if (key == "proxy_required") {
            if (const auto flag = reader.flag(part.value)) block.proxy_required = *flag;
        } else {
            return false;
        }
        return true;
    });
    options.authorization = {};
    if (const auto why = conflict(block, users_given, options)) {
        reader.error(entry.value.where, *why);
        return;
    }
    options.authorization = std::move(block);
}

}  // namespace midge
