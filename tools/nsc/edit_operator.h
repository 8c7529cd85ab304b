#pragma once
#include <optional>
#include <string>
#include <vector>

#include "nsc/command_syntax.h"
#include "nsc/context.h"
#include "nsc/flags.h"

namespace midge::tools {

// "edit operator"
struct EditOperator {
    std::string server_url, system_account;
    std::vector<std::string> service_urls, removed_service_urls, signing_keys, removed_signing_keys;
    std::optional<bool> require_signing_keys;
    bool remove_server_url = false;
    TagFlags tags;
    TimeFlags time;

    void bind(CommandSyntax& command);
    [[nodiscard]] Result<> run(Context& context);

  private:
    [[nodiscard]] Result<> apply(const Context& context, const OperatorStore& store,
                                 OperatorClaims& claims) const;
};

}  // namespace midge::tools
