#pragma once
// The context of every command of nsc: the folders, the current operator and account, and the keys.
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

// Prints a status line on stderr, so that only data is on stdout.
template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
    fmt::print(stderr, format, std::forward<Args>(args)...);
    std::fputc('\n', stderr);
}

// Flags of every command.
struct GlobalFlags {
    PathFlags paths;
    std::string private_key;  // -K: role, public key, seed or key file
};

// One operator of the store with its claims.
struct OperatorStore {
    NscStore files;
    OperatorClaims claims;
};

// One account of an operator with its claims. `name` is the name in the store, which may differ
// from that in the claims.
struct StoredAccount {
    std::string name;
    AccountClaims claims;
};

// A key from a flag. `pair` has a value if the secret is known.
struct GivenKey {
    std::string public_key;
    std::optional<KeyPair> pair;
};

// The environment of one command, read once at its start. Single-threaded.
class Context {
  public:
    // Reads nsc.json, or writes the first one. If the working folder belongs to an operator or
    // account, that has priority over the stored choice.
    [[nodiscard]] static Result<Context> load(const GlobalFlags& flags, Environment environment);

    [[nodiscard]] const Environment& environment() const noexcept { return environment_; }
    [[nodiscard]] const NscPaths& paths() const noexcept { return paths_; }
    [[nodiscard]] const KeyStore& keys() const noexcept { return keys_; }
    [[nodiscard]] const LegacyPaths& legacy() const noexcept { return legacy_; }
    [[nodiscard]] const std::string& signer_flag() const noexcept { return signer_flag_; }
    [[nodiscard]] bool from_working_folder() const noexcept { return from_working_folder_; }

    // Returns the folder of the operators.
    [[nodiscard]] std::filesystem::path stores() const { return config_.store_root; }
    [[nodiscard]] const std::string& operator_name() const noexcept {
        return config_.operator_name;
    }
    [[nodiscard]] const std::string& account() const noexcept { return config_.account; }

    // Select the objects of later commands, and store them in nsc.json (not with NSC_CWD_ONLY).
    [[nodiscard]] Result<> select_stores(const std::filesystem::path& stores);
    [[nodiscard]] Result<> select_operator(const std::string& name);
    [[nodiscard]] Result<> select_account(const std::string& name);

    // Opens the current operator. Fails if there is none, or if its JWT has version 1, which nsc
    // does not edit.
    [[nodiscard]] Result<OperatorStore> open_operator() const;
    [[nodiscard]] Result<OperatorStore> open_operator(const std::string& name) const;
    // `name`: a name or public key; empty: the current account.
    [[nodiscard]] Result<StoredAccount> open_account(const OperatorStore& store,
                                                     const std::string& name) const;
    [[nodiscard]] Result<StoredAccount> read_account(const OperatorStore& store,
                                                     const std::string& name) const;
    // `name` empty: the account's only user.
    [[nodiscard]] Result<std::string> pick_user(const OperatorStore& store,
                                                const std::string& account,
                                                const std::string& name) const;

    // Returns the key pair of a stored seed.
    [[nodiscard]] Result<KeyPair> stored_key(std::string_view public_key) const;
    // Reads the key of a flag: a public key, a seed, or the path of a file with one of them.
    [[nodiscard]] Result<GivenKey> given_key(const std::string& text, KeyKind kind) const;
    // Makes and stores a new key.
    [[nodiscard]] Result<KeyPair> new_key(KeyKind kind) const;

    // Makes links from the old paths to the current ones, once, and prints a message. Requires: the
    // store and a key exist.
    void prepare_legacy_paths();
    // Returns a path for messages.
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
