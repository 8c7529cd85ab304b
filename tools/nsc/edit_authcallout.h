#pragma once
#include <string>
#include <vector>

#include "nsc/command_syntax.h"
#include "nsc/context.h"

namespace midge::tools {

// "edit authcallout": sets the service that decides about logins to an account
// (docs/protocol/jwt.md, Auth callout)
struct EditAuthCallout {
    std::string account, curve;
    std::vector<std::string> users, removed_users, accounts, removed_accounts;
    bool remove_curve = false;
    bool disable = false;

    void bind(CommandSyntax& command);
    [[nodiscard]] Result<> run(Context& context);

  private:
    [[nodiscard]] Result<> apply(const Context& context, ExternalAuthorization& settings) const;
    [[nodiscard]] Result<std::string> curve_key(const Context& context) const;
};

}  // namespace midge::tools
