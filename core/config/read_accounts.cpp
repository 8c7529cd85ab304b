#include "config/read_accounts.h"

#include <limits>
#include <set>

#include "base/text.h"
#include "base/wire_error.h"
#include "config/check_exchange.h"
#include "config/read_authorization.h"
#include "config/read_exchange.h"
#include "config/read_mappings.h"
#include "config/read_permissions.h"
#include "config/read_trace.h"
#include "config/unbuilt_settings.h"

namespace midge {
namespace {

// The account of the users in the authorization block.
constexpr std::string_view reserved_account = "$G";

std::string reserved_text(std::string_view name) {
    return fmt::format("{} is a Reserved Account", go_quote(name));
}

void read_names(ConfigReader& reader, const ConfigArray& items, Options& options) {
    std::set<std::string> seen;
    for (const ConfigValue& item : items) {
        const auto name = reader.text(item);
        if (!name) continue;
        if (*name == reserved_account) {
            reader.error(item.where, reserved_text(*name));
        } else if (!seen.insert(*name).second) {
            reader.error(item.where, "Duplicate Account Entry: " + *name);
        } else {
            options.accounts.emplace_back().name = *name;
        }
    }
}

void read_limit(ConfigReader& reader, const ConfigEntry& entry, int32_t& limit) {
    constexpr int64_t most = std::numeric_limits<int32_t>::max();
    if (const auto number = reader.integer(entry, -most, most)) {
        limit = static_cast<int32_t>(*number);
    }
}

void read_limits(ConfigReader& reader, const ConfigEntry& entry, AccountLimitOptions& limits) {
    const auto* map = entry.value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(entry.value.where, "Expected account limits to be a map/struct, got " +
                                            written_text(entry.value));
        return;
    }
    for (const ConfigEntry* part : map->in_written_order()) {
        const std::string key = to_lower_ascii(part->key);
        if (key == "max_connections" || key == "max_conn") {
            read_limit(reader, *part, limits.connections);
        } else if (key == "max_subscriptions" || key == "max_subs") {
            read_limit(reader, *part, limits.subscriptions);
        } else if (key == "max_payload" || key == "max_pay") {
            read_limit(reader, *part, limits.payload_bytes);
        } else if (key == "max_leafnodes" || key == "max_leafs") {
            read_limit(reader, *part, limits.leaf_nodes);
        } else if (!part->used_as_variable) {
            reader.error(part->value.where, fmt::format("Unknown field {} parsing account limits",
                                                        go_quote(part->key)));
        }
    }
}

std::string utf8_of(int64_t code) {
    const bool valid = code >= 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    if (!valid) return "\xEF\xBF\xBD";
    if (code < 0x80) return std::string(1, static_cast<char>(code));
    std::string out;
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;  // bytes after the first
    const int marks = more == 1 ? 0xC0 : more == 2 ? 0xE0 : 0xF0;
    out += static_cast<char>(marks | static_cast<int>(code >> (6 * more)));
    for (int shift = 6 * (more - 1); shift >= 0; shift -= 6)
        out += static_cast<char>(0x80 | static_cast<int>((code >> shift) & 0x3F));
    return out;
}

// Quotes a value that should be a text, like Go's format: a number is taken for a character.
std::string quoted_value(const ConfigValue& value) {
    if (const auto* number = value.as<int64_t>()) return go_quote_character(utf8_of(*number));
    if (value.as<bool>() != nullptr || value.as<double>() != nullptr)
        return fmt::format("%!q({}={})", value.type_name(), written_text(value));
    return go_quote(written_text(value));
}

void read_nkey(ConfigReader& reader, const ConfigEntry& entry, std::string& nkey) {
    const auto* text = entry.value.as<std::string>();
    if (text == nullptr || !reader.is_public_key(*text, 'A')) {
        reader.error(entry.value.where, fmt::format("Not a valid public nkey for an account: {}",
                                                    quoted_value(entry.value)));
        return;
    }
    nkey = *text;
}

void read_jetstream(ConfigReader& reader, const ConfigEntry& entry) {
    if (!leaves_jetstream_off(entry.value)) return reader.not_supported(entry);
    // The server's own block may contain whether it is on; an account's block may not.
    if (const auto* map = entry.value.as<ConfigMap>()) {
        for (const ConfigEntry* part : map->in_written_order()) {
            reader.error(part->value.where, fmt::format("unknown field {}", go_quote(part->key)));
        }
    }
}

// Reads one account's block; users and their defaults may be in any order.
class AccountBlock {
  public:
    // `names`: of all users read before.
    AccountBlock(ConfigReader& reader, const Options& options, UserNames& names,
                 AccountOptions& account)
        : reader_(reader), options_(options), names_(names), account_(account) {}

    void read(const ConfigMap& map) {
        reader_.each_entry(map, [this](const std::string& key, const ConfigEntry& entry) {
            return read_entry(key, entry);
        });
        if (users_ != nullptr) finish_users();
    }

  private:
    bool read_entry(const std::string& key, const ConfigEntry& entry) {
        if (key == "nkey") {
            read_nkey(reader_, entry, account_.nkey);
        } else if (key == "users") {
            users_ = &entry;
            // nats-server reports no position here.
            if (entry.value.as<ConfigArray>() == nullptr) {
                reader_.error_about(entry.value.where, {}, not_a_list_of_users(entry.value));
            } else {
                account_.users = read_users(reader_, entry);
            }
        } else if (key == "default_permissions") {
            default_permissions_ = read_permissions(reader_, entry);
        } else if (key == "limits") {
            read_limits(reader_, entry, account_.limits);
        } else if (key == "mappings" || key == "maps") {
            account_.mappings = read_mappings(reader_, entry);
        } else if (key == "exports") {
            read_exports(reader_, entry, account_);
        } else if (key == "imports") {
            read_imports(reader_, entry, account_);
        } else if (key == "msg_trace" || key == "trace_dest") {
            account_.trace = read_trace(reader_, entry);
        } else if (key == "jetstream") {
            read_jetstream(reader_, entry);
        } else {
            return false;
        }
        return true;
    }

    void finish_users() {
        const ConfigPosition& where = users_->value.where;
        if (!account_.users.empty() && !options_.authorization.user.empty()) {
            reader_.error(where, "Can not have a single user/pass and accounts");
        }
        if (!account_.users.empty() && !options_.authorization.token.empty()) {
            reader_.error(where, "Can not have a token and accounts");
        }
        if (const auto why = names_.add(account_.users)) {
            reader_.error(where, *why);
        }
        for (UserOptions& user : account_.users) {
            user.account = account_.name;
            if (!user.permissions) user.permissions = default_permissions_;
        }
    }

    ConfigReader& reader_;
    const Options& options_;
    UserNames& names_;
    AccountOptions& account_;
    const ConfigEntry* users_ = nullptr;
    std::optional<PermissionRules> default_permissions_;
};

void read_account(ConfigReader& reader, const ConfigEntry& entry, UserNames& names,
                  Options& options) {
    const auto* map = entry.value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(entry.value.where, "Expected map entries for accounts");
        return;
    }
    if (entry.key == reserved_account) {
        reader.error(entry.value.where, reserved_text(entry.key));
        return;
    }
    AccountOptions account;
    account.name = entry.key;
    AccountBlock(reader, options, names, account).read(*map);
    options.accounts.push_back(std::move(account));
}

}  // namespace

void read_accounts(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    options.accounts.clear();
    if (const auto* items = entry.value.as<ConfigArray>()) {
        read_names(reader, *items, options);
    } else if (const auto* map = entry.value.as<ConfigMap>()) {
        UserNames names;
        (void)names.add(options.authorization.users);
        for (const ConfigEntry* account : map->in_written_order()) {
            if (account->used_as_variable) continue;
            read_account(reader, *account, names, options);
        }
        // As in nats-server, imports and exports are checked only if the accounts have no errors.
        if (reader.errors().empty()) {
            for (const std::string& problem : check_exchange(options.accounts)) {
                reader.error(entry.value.where, problem);
            }
        }
    } else {
        reader.own_error(entry.value.where,
                         "accounts is " + go_quote(written_text(entry.value)) +
                             ", expected a block of accounts or a list of names");
    }
}

}  // namespace midge
