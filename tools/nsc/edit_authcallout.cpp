#include "nsc/edit_authcallout.h"

#include <algorithm>

#include "base/text.h"
#include "nsc/entities.h"
#include "nsc/flags.h"

namespace midge::tools {
namespace {

constexpr std::string_view any_account = "*";

Result<> check_keys(const char* flag, KeyKind kind, const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
        const bool any = kind == KeyKind::account && key == any_account;
        if (any || is_public_key(kind, key)) continue;
        return fail(Errc::invalid,
                    fmt::format("{} is \"{}\", expected the public key of {}", flag, key,
                                kind == KeyKind::user ? "a user" : "an account, or \"*\""));
    }
    return {};
}

}  // namespace

void EditAuthCallout::bind(CommandSyntax& command) {
    command.text("-a,--account", account,
                 "account name or public key; default: the current account");
    command.list(
        "--auth-user", users,
        "add users (public keys) that log in without the service, such as the service itself");
    command.list("--rm-auth-user", removed_users, "remove users");
    command.list("--allowed-account", accounts,
                 "add accounts (public keys) in which the service may place users; \"*\": all");
    command.list("--rm-allowed-account", removed_accounts, "remove accounts");
    command.text("-x,--curve", curve,
                 "public curve key that encrypts requests to the service; \"generate\": a new key");
    command.flag("--rm-curve", remove_curve, "do not encrypt requests");
    command.flag("--disable", disable,
                 "disable auth callout: remove users, accounts and curve key");
    command.footer(
        "Examples:\n  nsc edit authcallout --account AUTH --auth-user UAB... --allowed-account "
        "\"*\" --curve generate\n"
        "  nsc edit authcallout --account AUTH --disable");
}

Result<std::string> EditAuthCallout::curve_key(const Context& context) const {
    if (equals_ignore_case(curve, "generate")) {
        auto pair = context.new_key(KeyKind::curve);
        if (!pair) return pass(pair);
        say("Generated curve key {}", pair->public_key());
        return pair->public_key();
    }
    if (is_public_key(KeyKind::curve, curve)) return curve;
    return fail(
        Errc::invalid,
        fmt::format("--curve is \"{}\", expected a public curve key or \"generate\"", curve));
}

Result<> EditAuthCallout::apply(const Context& context, ExternalAuthorization& settings) const {
    if (disable) {
        settings = {};
        return {};
    }
    if (auto ok = check_keys("--auth-user", KeyKind::user, users); !ok) return ok;
    if (auto ok = check_keys("--allowed-account", KeyKind::account, accounts); !ok) return ok;
    remove_all(settings.auth_users, removed_users);
    add_new(settings.auth_users, users);
    remove_all(settings.allowed_accounts, removed_accounts);
    add_new(settings.allowed_accounts, accounts);
    const auto& allowed = settings.allowed_accounts;
    if (allowed.size() > 1 &&
        std::find(allowed.begin(), allowed.end(), any_account) != allowed.end()) {
        return fail(Errc::invalid, "\"*\" stands alone: remove the other allowed accounts");
    }
    if (remove_curve) settings.xkey.clear();
    if (!curve.empty()) {
        auto key = curve_key(context);
        if (!key) return pass(key);
        settings.xkey = std::move(*key);
    }
    if (settings.auth_users.empty()) {
        return fail(Errc::invalid,
                    "no --auth-user: without one, the service itself could not log in");
    }
    return {};
}

Result<> EditAuthCallout::run(Context& context) {
    if (!disable && !remove_curve && curve.empty() && users.empty() && removed_users.empty() &&
        accounts.empty() && removed_accounts.empty()) {
        return fail(Errc::invalid,
                    "nothing to edit: give --auth-user, --allowed-account, --curve or --disable");
    }
    auto store = context.open_operator();
    if (!store) return pass(store);
    auto stored = context.open_account(*store, account);
    if (!stored) return pass(stored);
    if (auto ok = apply(context, stored->claims.authorization); !ok) return ok;
    auto signer = account_signer(context, *store, stored->claims);
    if (!signer) return pass(signer);
    if (auto ok = save_account(context, store->files, stored->name, stored->claims, *signer); !ok)
        return ok;
    say("Success! - edited authorization callout of account \"{}\"", stored->name);
    return {};
}

}  // namespace midge::tools
