#include "config/read_auth_callout.h"

#include <algorithm>

#include "base/text.h"
#include "base/wire_error.h"

namespace midge {
namespace {

std::vector<std::string> read_names(ConfigReader& reader, const ConfigEntry& entry,
                                    std::string_view what) {
    std::vector<std::string> names;
    const auto* items = entry.value.as<ConfigArray>();
    if (items == nullptr) {
        // nats-server reports this type for any value that is not a list.
        reader.error(entry.value.where,
                     fmt::format("Expected {} field to be an array, got *conf.token", what));
        return names;
    }
    for (const ConfigValue& item : *items) {
        if (auto name = reader.text(item)) names.push_back(std::move(*name));
    }
    return names;
}

}  // namespace

std::optional<AuthCalloutOptions> read_auth_callout(ConfigReader& reader,
                                                    const ConfigEntry& entry) {
    const auto* map = entry.value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(entry.value.where, "Expected authorization callout to be a map/struct, got " +
                                            written_text(entry.value));
        return std::nullopt;
    }
    const size_t errors_before = reader.errors().size();
    const auto key_into = [&](const ConfigEntry& part, char role, std::string_view expected,
                              std::string& target) {
        auto key = reader.text(part.value);
        if (!key) return;
        if (reader.is_public_key(*key, role)) {
            target = std::move(*key);
        } else {
            reader.error(part.value.where,
                         fmt::format("Expected callout {}, got {}", expected, go_quote(*key)));
        }
    };
    AuthCalloutOptions callout;
    for (const ConfigEntry* part : map->in_written_order()) {
        const std::string key = to_lower_ascii(part->key);
        if (key == "issuer") {
            key_into(*part, 'A', "user to be a valid public account nkey", callout.issuer);
        } else if (key == "account" || key == "acc") {
            if (auto name = reader.text(part->value)) callout.account = std::move(*name);
        } else if (key == "auth_users" || key == "users") {
            callout.auth_users = read_names(reader, *part, "auth_users");
        } else if (key == "xkey" || key == "key") {
            key_into(*part, 'X', "xkey to be a valid public xkey", callout.xkey);
        } else if (key == "allowed_accounts") {
            callout.allowed_accounts = read_names(reader, *part, "allowed accounts");
        } else if (!part->used_as_variable) {
            reader.error(
                part->value.where,
                fmt::format("Unknown field {} parsing authorization callout", go_quote(part->key)));
        }
    }
    if (reader.errors().size() != errors_before) return std::nullopt;
    // nats-server reports the position of the block's last field.
    const ConfigPosition& where =
        map->empty() ? entry.value.where : map->in_written_order().back()->value.where;
    if (callout.issuer.empty()) {
        reader.error(where, "Authorization callouts require an issuer to be specified");
        return std::nullopt;
    }
    if (callout.auth_users.empty()) {
        reader.error(where, "Authorization callouts require authorized users to be specified");
        return std::nullopt;
    }
    return callout;
}

Result<> check_allowed_accounts(const Options& options) {
    const auto& callout = options.authorization.callout;
    if (!callout) return {};
    for (const std::string& name : callout->allowed_accounts) {
        const bool known =
            std::any_of(options.accounts.begin(), options.accounts.end(),
                        [&](const AccountOptions& account) { return account.name == name; });
        if (known) continue;
        return fail(Errc::invalid,
                    fmt::format("auth_callout allowed account {} not found in configured accounts",
                                go_quote(name)));
    }
    return {};
}

}  // namespace midge
