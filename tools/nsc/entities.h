#pragma once
// Signs and stores operators, accounts and users.
#include <string>

#include "auth/claims.h"
#include "auth/nkey.h"
#include "base/result.h"
#include "nsc/context.h"

namespace midge::tools {

// Returns the key that signs claims of the operator: -K, or else the operator key (not with strict
// signing keys), or else a stored signing key. The error names the keys that were searched.
[[nodiscard]] Result<KeyPair> operator_signer(const Context& context, const OperatorStore& store);
// The same for an account JWT; if the operator was imported, the account's own key.
[[nodiscard]] Result<KeyPair> account_signer(const Context& context, const OperatorStore& store,
                                             const AccountClaims& account);
// Returns the key that signs users: -K (which may be the role of a scoped key), or else the account
// key, or else a signing key without a scope.
[[nodiscard]] Result<KeyPair> user_signer(const Context& context, const OperatorStore& store,
                                          const AccountClaims& account);

// Validates, signs and stores the claims, and replaces those on the disk. Fails with the first
// blocking issue.
[[nodiscard]] Result<> save_operator(const Context& context, const NscStore& store,
                                     const OperatorClaims& claims, const KeyPair& signer);
[[nodiscard]] Result<> save_account(const Context& context, const NscStore& store,
                                    const std::string& name, const AccountClaims& claims,
                                    const KeyPair& signer);
// Also writes the creds file if the user's seed is stored. Returns its path, or an empty path. Sets
// issuer_account if a signing key signs, and refuses permissions for a user of a scoped key.
[[nodiscard]] Result<std::filesystem::path> save_user(const Context& context, const NscStore& store,
                                                      const StoredAccount& account,
                                                      const std::string& name, UserClaims claims,
                                                      const KeyPair& signer);

// Returns a signing key for --sk: for "generate" a new stored key, and otherwise the public key of
// the flag's argument.
[[nodiscard]] Result<std::string> signing_key_flag(const Context& context, const std::string& text,
                                                   KeyKind kind);

// Returns the initial claims of a new user: no limits at all for a scoped key, otherwise unlimited.
[[nodiscard]] UserClaims start_user_claims(const AccountClaims& account, const std::string& signer,
                                           std::string user_key);

// Makes account SYS with its exports and a signing key, and user sys with creds, like "add operator
// --sys" (docs/protocol/tools.md, System account). `signer` is an operator key. Returns the
// account's public key, and prints what it has made.
[[nodiscard]] Result<std::string> make_system_account(Context& context, const NscStore& store,
                                                      const KeyPair& signer);

}  // namespace midge::tools
