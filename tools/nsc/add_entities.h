#pragma once
#include <string>
#include <vector>

#include "nsc/command_syntax.h"
#include "nsc/context.h"
#include "nsc/flags.h"

namespace midge::tools {

// "add account"
struct AddAccount {
    std::string name;
    std::string public_key;
    TimeFlags time;
    PermissionFlags permissions;

    void bind(CommandSyntax& command);
    [[nodiscard]] Result<> run(Context& context);
};

// "add user"
struct AddUser {
    std::string name;
    std::string account;
    std::string public_key;
    std::vector<std::string> source_networks;
    bool bearer = false;
    TagFlags tags;
    TimeFlags time;
    PermissionFlags permissions;

    void bind(CommandSyntax& command);
    [[nodiscard]] Result<> run(Context& context);

  private:
    // Returns the claims for the flags; `key` is the user's key.
    [[nodiscard]] Result<UserClaims> claims(const StoredAccount& account, const std::string& signer,
                                            const std::string& key) const;
};

}  // namespace midge::tools
