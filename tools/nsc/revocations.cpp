#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeParser.h>

#include <algorithm>
#include <charconv>

#include "auth/jwt.h"
#include "base/clock.h"
#include "common/dates.h"
#include "common/table.h"
#include "nsc/commands.h"
#include "nsc/entities.h"

namespace midge::tools {
namespace {

constexpr const char* all_users = "*";

// Parses "0" (now), seconds since 1970, or RFC 3339.
Result<int64_t> revocation_time(const std::string& text) {
    int64_t seconds = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, seconds);
    if (parsed.ec == std::errc() && parsed.ptr == end && seconds >= 0)
        return seconds == 0 ? wall_now_seconds() : seconds;
    Poco::DateTime time;
    int zone = 0;
    if (Poco::DateTimeParser::tryParse(Poco::DateTimeFormat::ISO8601_FORMAT, text, time, zone)) {
        time.makeUTC(zone);
        return time.timestamp().epochTime();
    }
    return fail(
        Errc::invalid,
        fmt::format(
            "--at is \"{}\", expected seconds since 1970 or a time such as 2030-01-31T10:00:00Z",
            text));
}

// The user of -n, or the keys of -u.
struct RevokedUsers {
    std::string name, account;
    std::vector<std::string> keys;

    void bind(CommandSyntax& command) {
        command.text("-n,--name", name, "user name");
        command.list("-u,--user-public-key", keys, "public keys of users, or * for all");
        command.text("-a,--account", account,
                     "account name or public key; default: the current account");
    }
    Result<std::vector<std::string>> resolve(const Context& context, const OperatorStore& store,
                                             const std::string& account_name) const {
        if (!keys.empty() && !name.empty())
            return fail("--name and --user-public-key exclude each other");
        for (const auto& key : keys) {
            if (key != all_users && !is_public_key(KeyKind::user, key))
                return fail(Errc::invalid, fmt::format("\"{}\" is not a user's public key", key));
        }
        if (!keys.empty()) return keys;
        auto user = context.pick_user(store, account_name, name);
        if (!user) return pass(user);
        auto token = store.files.user_jwt(account_name, *user);
        if (!token) return pass(token);
        auto claims = decode_user(*token);
        if (!claims) return fail(fmt::format("user {}: {}", *user, claims.error().text));
        return std::vector{claims->sub};
    }
};

struct AddRevocation {
    RevokedUsers users;
    std::string at = "0";

    void bind(CommandSyntax& command) {
        users.bind(command);
        command.text(
            "--at", at,
            "revoke the JWTs issued until this time: seconds since 1970 or RFC 3339; 0: now");
        command.alias("add_user");
    }
    Result<> run(Context& context) {
        auto store = context.open_operator();
        if (!store) return pass(store);
        auto account = context.open_account(*store, users.account);
        if (!account) return pass(account);
        auto keys = users.resolve(context, *store, account->name);
        if (!keys) return pass(keys);
        auto time = revocation_time(at);
        if (!time) return pass(time);
        for (const auto& key : *keys) account->claims.revocations[key] = *time;
        auto signer = account_signer(context, *store, account->claims);
        if (!signer) return pass(signer);
        if (auto ok = save_account(context, store->files, account->name, account->claims, *signer);
            !ok)
            return ok;
        for (const auto& key : *keys) say("Success! - revoked user \"{}\"", key);
        return {};
    }
};

struct DeleteRevocation {
    RevokedUsers users;

    void bind(CommandSyntax& command) {
        users.bind(command);
        command.alias("delete_user");
    }
    Result<> run(Context& context) {
        auto store = context.open_operator();
        if (!store) return pass(store);
        auto account = context.open_account(*store, users.account);
        if (!account) return pass(account);
        auto keys = users.resolve(context, *store, account->name);
        if (!keys) return pass(keys);
        for (const auto& key : *keys) {
            if (account->claims.revocations.erase(key) == 0)
                return fail(Errc::not_found, fmt::format("user \"{}\" is not revoked", key));
        }
        auto signer = account_signer(context, *store, account->claims);
        if (!signer) return pass(signer);
        if (auto ok = save_account(context, store->files, account->name, account->claims, *signer);
            !ok)
            return ok;
        for (const auto& key : *keys) say("Success! - deleted the revocation of \"{}\"", key);
        return {};
    }
};

struct ListRevocations {
    std::string account;

    void bind(CommandSyntax& command) {
        command.text("-a,--account", account,
                     "account name or public key; default: the current account");
        command.alias("list_users");
    }
    Result<> run(Context& context) {
        auto store = context.open_operator();
        if (!store) return pass(store);
        auto stored = context.open_account(*store, account);
        if (!stored) return pass(stored);
        Table table(fmt::format("Revoked Users for {}", stored->name));
        if (stored->claims.revocations.empty()) table.add_row({"No entries defined"});
        if (!stored->claims.revocations.empty())
            table.set_headers({"Public Key", "Revoke Credentials Before"});
        for (const auto& [key, time] : stored->claims.revocations)
            table.add_row({key, date_text(time)});
        table.print();
        return {};
    }
};

}  // namespace

void add_revocation_commands(Commands& commands) {
    add_command<AddRevocation>(commands, "revocations", "add-user", "Revoke the JWTs of users");
    add_command<DeleteRevocation>(commands, "revocations", "delete-user", "Take a revocation back");
    add_command<ListRevocations>(commands, "revocations", "list-users", "List revoked users");
}

}  // namespace midge::tools
