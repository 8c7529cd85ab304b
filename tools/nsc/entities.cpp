#include "nsc/entities.h"

#include "auth/creds.h"
#include "auth/jwt.h"
#include "auth/validate.h"
#include "base/clock.h"
#include "base/text.h"

namespace midge::tools {
namespace fs = std::filesystem;
namespace {

std::vector<Issue> issues_of(const AccountClaims& claims) {
    auto issues = validate(claims, wall_now_seconds());
    for (Issue& unusable : inapplicable(claims)) issues.push_back(std::move(unusable));
    return issues;
}

template <class Claims>
std::vector<Issue> issues_of(const Claims& claims) {
    return validate(claims, wall_now_seconds());
}

template <class Claims>
Result<std::string> sign(const Claims& claims, const KeyPair& signer, std::string_view what) {
    auto token = encode(claims, signer, wall_now_seconds());
    if (!token) return fail(fmt::format("{} \"{}\": {}", what, claims.name, token.error().text));
    const auto issues = issues_of(claims);
    if (const Issue* issue = first_blocking(issues, false)) {
        return fail(Errc::invalid,
                    fmt::format("{} \"{}\": {}", what, claims.name, issue->description));
    }
    return token;
}

Result<KeyPair> first_stored(const Context& context, const std::vector<std::string>& candidates) {
    std::string names;
    for (const auto& key : candidates) {
        if (context.keys().has_seed(key)) return context.stored_key(key);
        names += (names.empty() ? "" : ", ") + key;
    }
    return fail(
        Errc::not_found,
        fmt::format("unable to resolve any of the following signing keys in the keystore: {}",
                    names.empty() ? "(none)" : names));
}

Result<KeyPair> flag_signer(const Context& context, KeyKind kind) {
    auto key = context.given_key(context.signer_flag(), kind);
    if (!key) return fail(key.error().code, "-K: " + key.error().text);
    if (!key->pair)
        return fail(Errc::not_found,
                    fmt::format("-K: the seed of {} is not in the keystore", key->public_key));
    return std::move(*key->pair);
}

bool has_key(const SigningKeys& keys, const std::string& key) {
    return keys.find(key) != keys.end();
}

bool is_scoped(const AccountClaims& account, const std::string& key) {
    const auto found = account.signing_keys.find(key);
    return found != account.signing_keys.end() && found->second;
}

std::vector<std::string> operator_keys(const OperatorClaims& claims) {
    std::vector<std::string> out;
    if (!claims.strict_signing_key_usage) out.push_back(claims.sub);
    out.insert(out.end(), claims.signing_keys.begin(), claims.signing_keys.end());
    return out;
}

Export system_export(const char* name, const char* subject, ExportType type, uint64_t position,
                     const char* description) {
    Export out;
    out.name = name;
    out.subject = subject;
    out.type = type;
    out.account_token_position = position;
    out.description = description;
    out.info_url = "https://docs.nats.io/nats-server/configuration/sys_accounts";
    if (type == ExportType::service) out.response_type = "Stream";
    return out;
}

}  // namespace

Result<KeyPair> operator_signer(const Context& context, const OperatorStore& store) {
    if (!context.signer_flag().empty()) return flag_signer(context, KeyKind::operator_key);
    return first_stored(context, operator_keys(store.claims));
}

Result<KeyPair> account_signer(const Context& context, const OperatorStore& store,
                               const AccountClaims& account) {
    if (context.signer_flag().empty() && store.files.managed())
        return first_stored(context, {account.sub});
    auto signer = operator_signer(context, store);
    if (!signer) return signer;
    const auto keys = operator_keys(store.claims);
    if (std::find(keys.begin(), keys.end(), signer->public_key()) == keys.end()) {
        return fail(
            Errc::denied,
            fmt::format(
                "invalid account signer: {} is not a key of operator \"{}\" that may sign accounts",
                signer->public_key(), store.claims.name));
    }
    return signer;
}

Result<KeyPair> user_signer(const Context& context, const OperatorStore& store,
                            const AccountClaims& account) {
    const bool strict = store.claims.strict_signing_key_usage;
    if (!context.signer_flag().empty()) {
        for (const auto& [key, scope] : account.signing_keys) {
            if (scope && scope->role == context.signer_flag()) return context.stored_key(key);
        }
        auto signer = flag_signer(context, KeyKind::account);
        if (!signer) return signer;
        const std::string& key = signer->public_key();
        if (!has_key(account.signing_keys, key) && (strict || key != account.sub)) {
            return fail(Errc::denied,
                        fmt::format("{} is not a key of account \"{}\" that may sign users", key,
                                    account.name));
        }
        return signer;
    }
    std::vector<std::string> candidates;
    if (!strict) candidates.push_back(account.sub);
    for (const auto& [key, scope] : account.signing_keys) {
        if (!scope) candidates.push_back(key);
    }
    if (candidates.empty()) {
        return fail(
            "unable to issue users when operator requires signing keys and the account has none");
    }
    return first_stored(context, candidates);
}

Result<> save_operator(const Context& context, const NscStore& store, const OperatorClaims& claims,
                       const KeyPair& signer) {
    auto token = sign(claims, signer, "operator");
    if (!token) return pass(token);
    context.legacy().link(context.legacy().operator_key(store.name()),
                          context.keys().key_file(claims.sub));
    return store.write_operator(*token);
}

Result<> save_account(const Context& context, const NscStore& store, const std::string& name,
                      const AccountClaims& claims, const KeyPair& signer) {
    auto token = sign(claims, signer, "account");
    if (!token) return pass(token);
    context.legacy().link(context.legacy().account_key(store.name(), name),
                          context.keys().key_file(claims.sub));
    return store.write_account(name, *token);
}

Result<fs::path> save_user(const Context& context, const NscStore& store,
                           const StoredAccount& account, const std::string& name, UserClaims claims,
                           const KeyPair& signer) {
    claims.issuer_account =
        signer.public_key() == account.claims.sub ? std::string() : account.claims.sub;
    if (is_scoped(account.claims, signer.public_key()) && claims.limits != UserPermissionLimits()) {
        return fail(Errc::invalid, "scoped users require no permissions or limits set");
    }
    auto token = sign(claims, signer, "user");
    if (!token) return pass(token);
    if (auto ok = store.write_user(account.name, name, *token); !ok) return pass(ok);

    auto seed = context.keys().seed(claims.sub);
    if (!seed) return fs::path();
    std::string text = format_creds(*token, *seed);
    wipe(*seed);
    auto creds = context.keys().store_creds(store.name(), account.name, name, text);
    wipe(text);
    if (!creds) return creds;
    const LegacyPaths& legacy = context.legacy();
    legacy.link(legacy.user_file(store.name(), account.name, name, ".nk"),
                context.keys().key_file(claims.sub));
    legacy.link(legacy.user_file(store.name(), account.name, name, ".creds"), *creds);
    return creds;
}

Result<std::string> signing_key_flag(const Context& context, const std::string& text,
                                     KeyKind kind) {
    if (!equals_ignore_case(text, "generate")) {
        auto key = context.given_key(text, kind);
        if (!key) return fail(key.error().code, "--sk: " + key.error().text);
        return key->public_key;
    }
    auto pair = context.new_key(kind);
    if (!pair) return pass(pair);
    say("Generated signing key {}", pair->public_key());
    return pair->public_key();
}

UserClaims start_user_claims(const AccountClaims& account, const std::string& signer,
                             std::string user_key) {
    if (!is_scoped(account, signer)) return make_user_claims(std::move(user_key));
    UserClaims out;
    out.sub = std::move(user_key);
    return out;
}

Result<std::string> make_system_account(Context& context, const NscStore& store,
                                        const KeyPair& signer) {
    auto account_key = context.new_key(KeyKind::account);
    if (!account_key) return pass(account_key);
    auto signing_key = context.new_key(KeyKind::account);
    if (!signing_key) return pass(signing_key);
    auto user_key = context.new_key(KeyKind::user);
    if (!user_key) return pass(user_key);

    StoredAccount account{"SYS", make_account_claims(account_key->public_key())};
    account.claims.name = account.name;
    account.claims.signing_keys.emplace(signing_key->public_key(), std::nullopt);
    account.claims.exports = {
        system_export("account-monitoring-services", "$SYS.REQ.ACCOUNT.*.*", ExportType::service, 4,
                      "SUBSZ, CONNZ, LEAFZ, JSZ and INFO of the own account"),
        system_export("account-monitoring-streams", "$SYS.ACCOUNT.*.>", ExportType::stream, 3,
                      "Events of the own account")};
    if (auto ok = save_account(context, store, account.name, account.claims, signer); !ok)
        return pass(ok);

    UserClaims user = make_user_claims(user_key->public_key());
    user.name = "sys";
    auto creds = save_user(context, store, account, user.name, user, *signing_key);
    if (!creds) return pass(creds);
    say("Created system account \"SYS\" {}", account.claims.sub);
    say("Generated user creds file \"{}\"",
        context.shown(context.legacy().shown(
            context.legacy().user_file(store.name(), account.name, user.name, ".creds"), *creds)));
    return account.claims.sub;
}

}  // namespace midge::tools
