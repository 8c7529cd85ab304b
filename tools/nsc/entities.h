#pragma once
// Signing operators, accounts and users, and storing what was signed.
#include <string>

#include "auth/claims.h"
#include "auth/nkey.h"
#include "base/result.h"
#include "nsc/context.h"

namespace midge::tools {

// The key that signs operator-owned claims: -K, else the operator key (not with strict signing
// keys) or a signing key that is stored. Fails naming the keys that were looked for.
[[nodiscard]] Result<KeyPair> operator_signer(const Context& context, const OperatorStore& store);
// The same for an account JWT; the account's own key if the operator was imported.
[[nodiscard]] Result<KeyPair> account_signer(const Context& context, const OperatorStore& store,
                                             const AccountClaims& account);
// The key that signs users: -K (also a scoped key's role), else the account key or a signing key
// without a scope.
[[nodiscard]] Result<KeyPair> user_signer(const Context& context, const OperatorStore& store,
                                          const AccountClaims& account);

// Validates, signs and stores; the claims on disk are replaced. Fails with the first blocking
// issue.
[[nodiscard]] Result<> save_operator(const Context& context, const NscStore& store,
                                     const OperatorClaims& claims, const KeyPair& signer);
[[nodiscard]] Result<> save_account(const Context& context, const NscStore& store,
                                    const std::string& name, const AccountClaims& claims,
                                    const KeyPair& signer);
// With the creds file, if the user's seed is stored; gives its path, empty otherwise. Sets
// issuer_account where a signing key signs, and refuses permissions on a user of a scoped key.
[[nodiscard]] Result<std::filesystem::path> save_user(const Context& context, const NscStore& store,
                                                      const StoredAccount& account,
                                                      const std::string& name, UserClaims claims,
                                                      const KeyPair& signer);

// A signing key of --sk: a fresh stored key for "generate", else the public key of what the flag
// names.
[[nodiscard]] Result<std::string> signing_key_flag(const Context& context, const std::string& text,
                                                   KeyKind kind);

// What a new user of this signer starts from: no limits at all for a scoped key, unlimited
// otherwise.
[[nodiscard]] UserClaims start_user_claims(const AccountClaims& account, const std::string& signer,
                                           std::string user_key);

// Account SYS with its exports and a signing key, and user sys with creds, as "add operator --sys"
// makes them (spec tools.md 1.4). `signer` is an operator key. Gives the account's public key; says
// what was made.
[[nodiscard]] Result<std::string> make_system_account(Context& context, const NscStore& store,
                                                      const KeyPair& signer);

}  // namespace midge::tools
