#pragma once
// What every command of nsc works on: the places, the chosen operator and account, and the keys.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "auth/claims.h"
#include "auth/nkey.h"
#include "base/result.h"
#include "common/key_store.h"
#include "common/legacy_paths.h"
#include "common/nsc_paths.h"
#include "common/nsc_store.h"
#include "common/tool_config.h"

namespace midge::tools {

// Status lines go to stderr, so that stdout holds data alone.
template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
    fmt::print(stderr, format, std::forward<Args>(args)...);
    std::fputc('\n', stderr);
}

// Flags that every command has.
struct GlobalFlags {
    PathFlags paths;
    std::string private_key;  // -K: role, public key, seed or key file
};

// One operator of the store with its claims.
struct OperatorStore {
    NscStore files;
    OperatorClaims claims;
};

// One account of an operator with its claims; `name` is the store's, which the claims may not
// share.
struct StoredAccount {
    std::string name;
    AccountClaims claims;
};

// A key from a flag. `pair` is there when the secret is known.
struct GivenKey {
    std::string public_key;
    std::optional<KeyPair> pair;
};

// The environment of one command, read once at its start; single-threaded.
class Context {
  public:
    // Reads nsc.json, or writes the first one. The working folder's operator and account win over
    // the stored choice.
    [[nodiscard]] static Result<Context> load(const GlobalFlags& flags, Environment environment);

    [[nodiscard]] const Environment& environment() const noexcept { return environment_; }
    [[nodiscard]] const NscPaths& paths() const noexcept { return paths_; }
    [[nodiscard]] const KeyStore& keys() const noexcept { return keys_; }
    [[nodiscard]] const LegacyPaths& legacy() const noexcept { return legacy_; }
    [[nodiscard]] const std::string& signer_flag() const noexcept { return signer_flag_; }
    [[nodiscard]] bool from_working_folder() const noexcept { return from_working_folder_; }

    // The folder of the operators.
    [[nodiscard]] std::filesystem::path stores() const { return config_.store_root; }
    [[nodiscard]] const std::string& operator_name() const noexcept {
        return config_.operator_name;
    }
    [[nodiscard]] const std::string& account() const noexcept { return config_.account; }

    // Chooses what later commands work on, and remembers it in nsc.json (not with NSC_CWD_ONLY).
    [[nodiscard]] Result<> select_stores(const std::filesystem::path& stores);
    [[nodiscard]] Result<> select_operator(const std::string& name);
    [[nodiscard]] Result<> select_account(const std::string& name);

    // The chosen operator; fails if none is chosen, or if its JWT is of version 1, which nsc does
    // not edit.
    [[nodiscard]] Result<OperatorStore> open_operator() const;
    [[nodiscard]] Result<OperatorStore> open_operator(const std::string& name) const;
    // `name`: a name or public key; empty: the chosen account.
    [[nodiscard]] Result<StoredAccount> open_account(const OperatorStore& store,
                                                     const std::string& name) const;
    [[nodiscard]] Result<StoredAccount> read_account(const OperatorStore& store,
                                                     const std::string& name) const;
    // `name` empty: the account's only user.
    [[nodiscard]] Result<std::string> pick_user(const OperatorStore& store,
                                                const std::string& account,
                                                const std::string& name) const;

    // The pair of a stored seed.
    [[nodiscard]] Result<KeyPair> stored_key(std::string_view public_key) const;
    // A flag's key: a public key, a seed, or the path of a file with either.
    [[nodiscard]] Result<GivenKey> given_key(const std::string& text, KeyKind kind) const;
    // A fresh key, stored.
    [[nodiscard]] Result<KeyPair> new_key(KeyKind kind) const;

    // Links the old paths to today's, once, and says so. To be called when the store and a key
    // exist.
    void prepare_legacy_paths();
    // For messages.
    [[nodiscard]] std::string shown(const std::filesystem::path& path) const {
        return abbreviate_home(environment_, path);
    }
    [[nodiscard]] std::filesystem::path expand(std::string_view path) const {
        return expand_path(environment_, path);
    }

  private:
    Context(Environment environment, NscPaths paths);
    [[nodiscard]] Result<> read_config();
    void use_working_folder();
    void choose_only_entries();
    [[nodiscard]] Result<> save() const;

    Environment environment_;
    NscPaths paths_;
    KeyStore keys_;
    LegacyPaths legacy_;
    ToolConfig config_;
    std::string signer_flag_;
    bool from_working_folder_ = false;
};

}  // namespace midge::tools
