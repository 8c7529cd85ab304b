#include "nsc/add_operator.h"

#include "auth/creds.h"
#include "auth/jwt.h"
#include "base/clock.h"
#include "common/files.h"
#include "nsc/commands.h"
#include "nsc/entities.h"
#include "nsc/http_client.h"

namespace midge::tools {
namespace {

// Returns the key of -K as the operator's key, or a new key.
Result<KeyPair> operator_key(Context& context) {
    if (context.signer_flag().empty()) {
        auto key = context.new_key(KeyKind::operator_key);
        if (!key) return key;
        context.prepare_legacy_paths();
        return key;
    }
    auto key = context.given_key(context.signer_flag(), KeyKind::operator_key);
    if (!key) return fail("-K: " + key.error().text);
    if (!key->pair) return fail("-K: the seed of that operator key is not in the keystore");
    return std::move(*key->pair);
}

}  // namespace

void AddOperator::bind(CommandSyntax& command) {
    command.name(name, "operator name");
    command.text("-u,--url", url, "import the operator JWT from a file or an http URL");
    command.flag("--generate-signing-key", signing_key, "generate a signing key with the operator");
    command.flag("-s,--sys", system_account, "generate a system account with a user sys");
    command.flag("--force", force, "with -u: replace an existing operator");
    time.bind(command);
    command.footer(
        "Examples:\n"
        "  nsc add operator -n SAOP\n"
        "  nsc add operator -n SAOP --sys --generate-signing-key\n"
        "  nsc add operator -u /path/to/operator.jwt");
}

Result<> AddOperator::run(Context& context) {
    if (!url.empty()) return import(context);
    if (force) return fail("--force only works with -u");
    return create(context);
}

Result<> AddOperator::create(Context& context) {
    if (auto ok = check_name("operator", name); !ok) return ok;
    std::error_code error;
    if (std::filesystem::exists(context.stores() / name, error)) {
        return fail(fmt::format("operator \"{}\" already exists in \"{}\"", name,
                                context.shown(context.stores())));
    }
    OperatorClaims claims;
    claims.name = name;
    if (auto ok = time.apply(claims, wall_now_seconds()); !ok) return ok;

    auto key = operator_key(context);
    if (!key) return pass(key);
    claims.sub = key->public_key();
    auto token = encode(claims, *key, wall_now_seconds());
    if (!token) return pass(token);
    auto store = NscStore::create(context.stores(), name, *token);
    if (!store) return pass(store);
    const KeyPair* account_signer = &*key;
    std::optional<KeyPair> signing_pair;
    if (signing_key) {
        auto pair = context.new_key(KeyKind::operator_key);
        if (!pair) return pass(pair);
        claims.signing_keys.push_back(pair->public_key());
        account_signer = &signing_pair.emplace(std::move(*pair));
        say("Generated operator signing key {}", signing_pair->public_key());
    }
    if (system_account) {
        auto account = make_system_account(context, *store, *account_signer);
        if (!account) return pass(account);
        claims.system_account = *account;
    }
    if (auto ok = save_operator(context, *store, claims, *key); !ok) return ok;
    if (context.keys().has_seed(claims.sub)) {
        const auto file = context.legacy().shown(context.legacy().operator_key(name),
                                                 context.keys().key_file(claims.sub));
        say("Generated operator key - private key stored \"{}\"", context.shown(file));
    }
    say("Success! - added operator \"{}\"", name);
    return context.select_operator(name);
}

Result<> AddOperator::import(Context& context) {
    if (system_account)
        return fail("importing an operator is not compatible with system account generation");
    if (signing_key) return fail("signing key can not be added when importing the operator");
    auto text = read_file_or_url(context, url);
    if (!text) return pass(text);
    auto token = parse_jwt_text(*text);
    if (!token) return fail(fmt::format("error importing operator jwt: {}", token.error().text));
    auto claims = decode_operator(*token);
    if (!claims) return fail(fmt::format("error importing operator jwt: {}", claims.error().text));
    if (name.empty()) name = claims->name;
    if (auto ok = check_name("operator", name); !ok) return ok;

    auto existing = NscStore::open(context.stores() / name);
    if (existing && !force)
        return fail(
            fmt::format("operator named {} exists already, use --force to replace it", name));
    if (existing) {
        if (auto ok = existing->write_operator(*token); !ok) return ok;
    } else if (auto store = NscStore::create(context.stores(), name, *token, true); !store) {
        return pass(store);
    }
    say("Success! - imported operator \"{}\"", name);
    return context.select_operator(name);
}

}  // namespace midge::tools
