#include "auth/jwt.h"
#include "base/clock.h"
#include "common/files.h"
#include "nsc/commands.h"
#include "nsc/entities.h"

namespace midge::tools {
namespace {

// The parts to delete with the JWT of a user or account.
struct DeleteFlags {
    std::optional<bool> revoke;
    bool remove_key = false, remove_creds = false;

    void bind(CommandSyntax& command) {
        command.choice("-R,--revoke", revoke,
                       "revoke the users in their account (default true; --revoke=false)");
        command.flag("-D,--rm-nkey", remove_key, "also delete the private keys");
        command.flag("-C,--rm-creds", remove_creds, "also delete the creds files");
    }

    // Deletes the files of one user. The caller handles the revocation.
    Result<> remove(const Context& context, const OperatorStore& store, const std::string& account,
                    const std::string& user, const std::string& public_key) const {
        const LegacyPaths& legacy = context.legacy();
        if (remove_key) {
            if (auto ok = context.keys().remove_seed(public_key); !ok) return ok;
            legacy.unlink(legacy.user_file(store.files.name(), account, user, ".nk"));
        }
        if (remove_creds) {
            if (auto ok = remove_file(context.keys().creds_file(store.files.name(), account, user));
                !ok)
                return ok;
            legacy.unlink(legacy.user_file(store.files.name(), account, user, ".creds"));
        }
        return store.files.remove_user(account, user);
    }
};

Result<UserClaims> read_user(const OperatorStore& store, const std::string& account,
                             const std::string& user) {
    auto token = store.files.user_jwt(account, user);
    if (!token) return pass(token);
    auto claims = decode_user(*token);
    if (!claims) return fail(fmt::format("user {}: {}", user, claims.error().text));
    return claims;
}

struct DeleteUser {
    std::vector<std::string> names;
    std::string account;
    DeleteFlags flags;

    void bind(CommandSyntax& command) {
        command.list("-n,--name,name", names, "user names");
        command.text("-a,--account", account,
                     "account name or public key; default: the current account");
        flags.bind(command);
    }
    Result<> run(Context& context) {
        if (names.empty()) return fail("user name is required");
        auto store = context.open_operator();
        if (!store) return pass(store);
        auto stored = context.open_account(*store, account);
        if (!stored) return pass(stored);
        std::vector<std::string> keys;
        for (const auto& name : names) {
            auto user = read_user(*store, stored->name, name);
            if (!user) return pass(user);
            keys.push_back(user->sub);
            stored->claims.revocations[user->sub] = wall_now_seconds();
        }
        // Revokes before it deletes, because a deleted user that can still log in could not be
        // named any more.
        if (flags.revoke.value_or(true)) {
            auto signer = account_signer(context, *store, stored->claims);
            if (!signer) return pass(signer);
            if (auto ok =
                    save_account(context, store->files, stored->name, stored->claims, *signer);
                !ok)
                return ok;
        }
        for (size_t i = 0; i < names.size(); ++i) {
            if (auto ok = flags.remove(context, *store, stored->name, names[i], keys[i]); !ok)
                return ok;
            say("Success! - deleted user \"{}\"", names[i]);
        }
        return {};
    }
};

struct DeleteAccount {
    std::string name;
    bool force = false;
    DeleteFlags flags;

    void bind(CommandSyntax& command) {
        command.name(name, "account name or public key");
        command.flag("-F,--force", force, "also delete the operator's system account");
        flags.bind(command);
    }
    Result<> run(Context& context) {
        if (name.empty()) return fail("account name is required");
        auto store = context.open_operator();
        if (!store) return pass(store);
        auto account = context.open_account(*store, name);
        if (!account) return pass(account);
        if (!force && account->claims.sub == store->claims.system_account) {
            return fail(
                fmt::format("\"{}\" is the operator's system account, use --force to delete it",
                            account->name));
        }
        for (const auto& user : store->files.users(account->name)) {
            auto claims = read_user(*store, account->name, user);
            if (!claims) return pass(claims);
            if (auto ok = flags.remove(context, *store, account->name, user, claims->sub); !ok)
                return ok;
        }
        if (flags.remove_key) {
            if (auto ok = context.keys().remove_seed(account->claims.sub); !ok) return ok;
            context.legacy().unlink(
                context.legacy().account_key(store->files.name(), account->name));
        }
        if (auto ok = store->files.remove_account(account->name); !ok) return ok;
        say("Success! - deleted account \"{}\"", account->name);
        return {};
    }
};

}  // namespace

void add_delete_commands(Commands& commands) {
    add_command<DeleteUser>(commands, "delete", "user", "Delete users");
    add_command<DeleteAccount>(commands, "delete", "account", "Delete an account with its users");
}

}  // namespace midge::tools
