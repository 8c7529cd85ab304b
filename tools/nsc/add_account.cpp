#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "nsc/add_entities.h"
#include "nsc/commands.h"
#include "nsc/entities.h"

namespace midge::tools {

void AddAccount::bind(CommandSyntax& command) {
    command.name(name, "account name");
    command.text("-k,--public-key", public_key,
                 "public key, seed or key file of the account; default: a new key");
    time.bind(command);
    permissions.bind_set(command, "Default permissions of users");
    command.footer(
        "Examples:\n"
        "  nsc add account -n SYS\n"
        "  nsc add account -n APP --expiry 1y --deny-pub 'admin.>'");
}

Result<> AddAccount::run(Context& context) {
    if (auto ok = check_name("account", name); !ok) return ok;
    auto store = context.open_operator();
    if (!store) return pass(store);
    for (const auto& existing : store->files.accounts()) {
        if (equals_ignore_case(existing, name))
            return fail(fmt::format("the account \"{}\" already exists", existing));
    }
    AccountClaims claims;
    if (auto ok = permissions.apply(claims.default_permissions); !ok) return ok;

    const bool generate = public_key.empty();
    auto key =
        generate ? Result<GivenKey>(GivenKey{}) : context.given_key(public_key, KeyKind::account);
    if (!key) return fail("--public-key: " + key.error().text);
    if (generate) {
        // Only if the account can be signed; otherwise an unused key would remain.
        if (!store->files.managed() || !context.signer_flag().empty()) {
            if (auto signer = account_signer(context, *store, claims); !signer) return pass(signer);
        }
        auto pair = context.new_key(KeyKind::account);
        if (!pair) return pass(pair);
        key->public_key = pair->public_key();
    }
    const PermissionClaims defaults = claims.default_permissions;
    claims = make_account_claims(key->public_key);
    claims.name = name;
    claims.default_permissions = defaults;
    if (auto ok = time.apply(claims, wall_now_seconds()); !ok) return ok;
    auto signer = account_signer(context, *store, claims);
    if (!signer) return pass(signer);

    context.prepare_legacy_paths();
    if (auto ok = save_account(context, store->files, name, claims, *signer); !ok) return ok;
    if (generate) {
        const auto file =
            context.legacy().shown(context.legacy().account_key(store->files.name(), name),
                                   context.keys().key_file(claims.sub));
        say("Generated account key - private key stored \"{}\"", context.shown(file));
    }
    say("Success! - added account \"{}\"", name);
    return context.select_account(name);
}

}  // namespace midge::tools
