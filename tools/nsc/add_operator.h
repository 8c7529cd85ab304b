#pragma once
#include <string>

#include "nsc/command_syntax.h"
#include "nsc/context.h"
#include "nsc/flags.h"

namespace midge::tools {

// "add operator": makes a new operator with its key, or (with --url) imports one of another owner.
struct AddOperator {
    std::string name;
    std::string url;
    bool signing_key = false;
    bool system_account = false;
    bool force = false;
    TimeFlags time;

    void bind(CommandSyntax& command);
    [[nodiscard]] Result<> run(Context& context);

  private:
    [[nodiscard]] Result<> create(Context& context);
    [[nodiscard]] Result<> import(Context& context);
};

}  // namespace midge::tools
