#include "nsc/context.h"

#include <algorithm>

#include "auth/creds.h"
#include "auth/jwt.h"
#include "base/text.h"
#include "common/files.h"

namespace midge::tools {
namespace fs = std::filesystem;
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Returns the current choice if it exists. Otherwise returns the only entry, or none if there are
// several.
std::string keep_or_only(const std::string& current, const std::vector<std::string>& names) {
    if (contains(names, current)) return current;
    return names.size() == 1 ? names.front() : std::string();
}

std::string kind_text(KeyKind kind) {
    switch (kind) {
        case KeyKind::account:
            return "account";
        case KeyKind::user:
            return "user";
        case KeyKind::operator_key:
            return "operator";
        case KeyKind::server:
            return "server";
        case KeyKind::cluster:
            return "cluster";
        case KeyKind::curve:
            return "curve";
    }
    return "unknown";
}

}  // namespace

Context::Context(Environment environment, NscPaths paths)
    : environment_(std::move(environment)),
      paths_(std::move(paths)),
      keys_(paths_.keys, !environment_.no_git_ignore),
      legacy_(environment_, paths_) {}

Result<Context> Context::load(const GlobalFlags& flags, Environment environment) {
    NscPaths paths = resolve_paths(environment, flags.paths);
    Context out(std::move(environment), std::move(paths));
    out.signer_flag_ = flags.private_key;
    if (out.keys_.needs_migration()) {
        return fail(Errc::unsupported,
                    fmt::format("the keystore \"{}\" has the layout of an old release; 'nsc keys "
                                "migrate' of the official nsc converts it",
                                out.shown(out.keys_.folder())));
    }
    if (auto ok = out.read_config(); !ok) return pass(ok);
    out.use_working_folder();
    if (out.paths_.stores_given) out.config_.store_root = out.paths_.stores.string();
    out.choose_only_entries();
    return out;
}

Result<> Context::read_config() {
    if (environment_.cwd_only) {
        config_.store_root = paths_.stores.string();
        return {};
    }
    auto config = ToolConfig::load(paths_.config / "nsc.json");
    if (config) {
        config_ = std::move(*config);
        if (config_.store_root.empty()) config_.store_root = paths_.stores.string();
        return {};
    }
    if (config.error().code != Errc::not_found) return pass(config);
    config_ = ToolConfig::first_run(paths_.stores);
    if (auto ok = make_private_folders(paths_.stores); !ok) return ok;
    return save();
}

void Context::use_working_folder() {
    std::error_code error;
    for (fs::path folder = environment_.working_folder; folder.has_relative_path();
         folder = folder.parent_path()) {
        const auto store = NscStore::open(folder);
        if (!store) continue;
        from_working_folder_ = true;
        config_.store_root = folder.parent_path().string();
        config_.operator_name = folder.filename().string();
        // <operator>/accounts/<account>/...
        const fs::path below = environment_.working_folder.lexically_relative(folder);
        auto part = below.begin();
        if (part != below.end() && *part == "accounts" && ++part != below.end())
            config_.account = part->string();
        return;
    }
    if (!list_operators(environment_.working_folder).empty()) {
        from_working_folder_ = true;
        config_.store_root = environment_.working_folder.string();
    }
}

void Context::choose_only_entries() {
    config_.operator_name = keep_or_only(config_.operator_name, list_operators(stores()));
    if (config_.operator_name.empty()) {
        config_.account.clear();
        return;
    }
    const auto store = NscStore::open(stores() / config_.operator_name);
    if (store) config_.account = keep_or_only(config_.account, store->accounts());
}

Result<> Context::save() const {
    if (environment_.cwd_only) return {};
    return config_.save(paths_.config / "nsc.json");
}

Result<> Context::select_stores(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error))
        return fail(fmt::format("\"{}\" is not a folder", folder.string()));
    config_.store_root = folder.string();
    choose_only_entries();
    return save();
}

Result<> Context::select_operator(const std::string& name) {
    if (!contains(list_operators(stores()), name)) {
        return fail(Errc::not_found,
                    fmt::format("operator \"{}\" not in \"{}\"", name, shown(stores())));
    }
    config_.operator_name = name;
    choose_only_entries();
    return save();
}

Result<> Context::select_account(const std::string& name) {
    auto store = open_operator();
    if (!store) return pass(store);
    if (!contains(store->files.accounts(), name)) {
        return fail(Errc::not_found,
                    fmt::format("\"{}\" not in accounts for operator \"{}\" in \"{}\"", name,
                                config_.operator_name, shown(stores())));
    }
    config_.account = name;
    return save();
}

Result<OperatorStore> Context::open_operator() const {
    if (config_.operator_name.empty()) return fail("set an operator -- 'nsc env -o operatorName'");
    return open_operator(config_.operator_name);
}

Result<OperatorStore> Context::open_operator(const std::string& name) const {
    if (auto ok = check_name("operator", name); !ok) return pass(ok);
    auto files = NscStore::open(stores() / name);
    if (!files) return pass(files);
    auto jwt = files->operator_jwt();
    if (!jwt) return pass(jwt);
    auto claims = decode_operator(*jwt);
    if (!claims) return fail(fmt::format("operator {}: {}", name, claims.error().text));
    if (claims->version < claims_version) {
        return fail(
            Errc::unsupported,
            fmt::format(
                "the store of operator \"{}\" has JWTs of version 1; 'nsc upgrade-jwt' of the "
                "official nsc converts it",
                name));
    }
    return OperatorStore{std::move(*files), std::move(*claims)};
}

Result<StoredAccount> Context::read_account(const OperatorStore& store,
                                            const std::string& name) const {
    auto jwt = store.files.account_jwt(name);
    if (!jwt) return pass(jwt);
    auto claims = decode_account(*jwt);
    if (!claims) return fail(fmt::format("account {}: {}", name, claims.error().text));
    return StoredAccount{name, std::move(*claims)};
}

Result<StoredAccount> Context::open_account(const OperatorStore& store,
                                            const std::string& name) const {
    if (!is_public_key(KeyKind::account, name)) {
        const std::string& chosen = name.empty() ? config_.account : name;
        if (chosen.empty())
            return fail("an account is required: -a NAME, or choose one with 'nsc env -a NAME'");
        return read_account(store, chosen);
    }
    for (const auto& candidate : store.files.accounts()) {
        auto account = read_account(store, candidate);
        if (account && account->claims.sub == name) return account;
    }
    return fail(Errc::not_found, fmt::format("no account found with public key {}", name));
}

Result<std::string> Context::pick_user(const OperatorStore& store, const std::string& account,
                                       const std::string& name) const {
    if (!name.empty()) return name;
    const auto users = store.files.users(account);
    if (users.empty())
        return fail(Errc::not_found, fmt::format("account \"{}\" has no users", account));
    if (users.size() > 1) return fail("user is required: -n NAME");
    return users.front();
}

Result<KeyPair> Context::stored_key(std::string_view public_key) const {
    auto seed = keys_.seed(public_key);
    if (!seed) return pass(seed);
    auto pair = KeyPair::from_seed(*seed);
    wipe(*seed);
    const std::string file = shown(keys_.key_file(public_key));
    if (!pair) return fail(fmt::format("{}: {}", file, pair.error().text));
    if (pair->public_key() != public_key)
        return fail(fmt::format("{}: the seed is of another key", file));
    return pair;
}

Result<GivenKey> Context::given_key(const std::string& text, KeyKind kind) const {
    const auto from_text = [&](std::string_view value) -> std::optional<GivenKey> {
        if (public_key_kind(value)) {
            GivenKey key{std::string(value), std::nullopt};
            if (auto pair = stored_key(value)) key.pair = std::move(*pair);
            return key;
        }
        auto pair = KeyPair::from_seed(value);
        if (!pair) return std::nullopt;
        std::string public_key = pair->public_key();
        return GivenKey{std::move(public_key), std::move(*pair)};
    };
    auto key = from_text(trim(text));
    if (!key) {
        auto file = read_file(expand(text));
        if (!file)
            return fail(fmt::format("expected {} key or key file: no file of that name can be read",
                                    kind_text(kind)));
        auto seed = parse_seed_text(*file);
        key = from_text(seed ? std::string_view(*seed) : trim(*file));
        if (seed) wipe(*seed);
        wipe(*file);
        if (!key) return fail(Errc::invalid, fmt::format("\"{}\" holds no key", text));
    }
    if (public_key_kind(key->public_key) != kind) {
        return fail(Errc::invalid,
                    fmt::format("specified key is not a valid {} nkey", kind_text(kind)));
    }
    return std::move(*key);
}

Result<KeyPair> Context::new_key(KeyKind kind) const {
    KeyPair pair = KeyPair::generate(kind);
    std::string seed = pair.seed();
    auto stored = keys_.store_seed(pair.public_key(), seed);
    wipe(seed);
    if (!stored) return pass(stored);
    return pair;
}

void Context::prepare_legacy_paths() {
    const auto made = legacy_.prepare();
    for (const auto& link : made) {
        std::error_code error;
        say("Linked \"{}\", the place of older releases, to \"{}\"", shown(link),
            shown(fs::canonical(link, error)));
    }
}

}  // namespace midge::tools
