#include "base/clock.h"
#include "nsc/add_entities.h"
#include "nsc/add_operator.h"
#include "nsc/commands.h"
#include "nsc/entities.h"

namespace midge::tools {

void AddUser::bind(CommandSyntax& command) {
    command.name(name, "user name");
    command.text("-a,--account", account,
                 "account name or public key; default: the current account");
    command.text("-k,--public-key", public_key,
                 "public key, seed or key file of the user; default: a new key");
    command.flag("--bearer", bearer, "the user logs in with the JWT alone, without a signature");
    command.list("--source-network", source_networks,
                 "networks (CIDR) from which the user may connect");
    tags.bind(command, false);
    time.bind(command);
    permissions.bind_set(command, "Permissions");
    command.footer(
        "Examples:\n"
        "  nsc add user -n SYSU\n"
        "  nsc add user -n ann -a APP --allow-pub 'orders.>' --allow-sub '_INBOX.>' --expiry 30d\n"
        "  nsc add user -n bob -K clerk        a user of the scoped signing key with the role "
        "\"clerk\"");
}

Result<UserClaims> AddUser::claims(const StoredAccount& stored, const std::string& signer,
                                   const std::string& key) const {
    UserClaims out = start_user_claims(stored.claims, signer, key);
    out.name = name;
    tags.apply(out.tags);
    add_new(out.limits.src, source_networks);
    if (bearer) out.limits.bearer_token = true;
    if (auto ok = permissions.apply(out.limits.permissions); !ok) return pass(ok);
    if (auto ok = time.apply(out, wall_now_seconds()); !ok) return pass(ok);
    if (bearer && stored.claims.limits.disallow_bearer) {
        return fail(Errc::denied,
                    fmt::format("account \"{}\" forbids the use of bearer token", stored.name));
    }
    return out;
}

Result<> AddUser::run(Context& context) {
    if (auto ok = check_name("user", name); !ok) return ok;
    auto store = context.open_operator();
    if (!store) return pass(store);
    auto stored = context.open_account(*store, account);
    if (!stored) return pass(stored);
    if (store->files.user_jwt(stored->name, name))
        return fail(fmt::format("the user \"{}\" already exists", name));
    auto signer = user_signer(context, *store, stored->claims);
    if (!signer) return pass(signer);
    // Flags are checked before a key is made; otherwise an unused key would remain.
    if (auto ok = claims(*stored, signer->public_key(), ""); !ok) return pass(ok);

    const bool generate = public_key.empty();
    auto key =
        generate ? Result<GivenKey>(GivenKey{}) : context.given_key(public_key, KeyKind::user);
    if (!key) return fail("--public-key: " + key.error().text);
    if (generate) {
        auto pair = context.new_key(KeyKind::user);
        if (!pair) return pass(pair);
        key->public_key = pair->public_key();
    }
    auto user = claims(*stored, signer->public_key(), key->public_key);
    if (!user) return pass(user);
    context.prepare_legacy_paths();
    auto creds = save_user(context, store->files, *stored, name, std::move(*user), *signer);
    if (!creds) return pass(creds);

    const LegacyPaths& legacy = context.legacy();
    const auto shown = [&](const char* ending, const std::filesystem::path& real) {
        return context.shown(
            legacy.shown(legacy.user_file(store->files.name(), stored->name, name, ending), real));
    };
    if (generate) {
        say("Generated user key - private key stored \"{}\"",
            shown(".nk", context.keys().key_file(key->public_key)));
    }
    if (creds->empty()) {
        say("No creds file - the private key of the user is not in the keystore");
    } else {
        say("Generated user creds file \"{}\"", shown(".creds", *creds));
    }
    say("Success! - added user \"{}\" to \"{}\"", name, stored->name);
    return {};
}

void add_add_commands(Commands& commands) {
    add_command<AddOperator>(commands, "add", "operator", "Add an operator");
    add_command<AddAccount>(commands, "add", "account", "Add an account");
    add_command<AddUser>(commands, "add", "user", "Add a user to an account");
}

}  // namespace midge::tools
