#pragma once
#include <string>
#include <vector>

#include "nsc/command_syntax.h"
#include "nsc/context.h"

namespace midge::tools {

// A line of "list keys".
struct KeyRow {
    std::string name;  // name of the entity with the key; "?" if there is none
    std::string public_key;
    std::string parent;  // public key of the parent entity
    KeyKind kind = KeyKind::user;
    bool signing = false;
    bool curve = false;
    bool stored = false;
    bool invalid = false;  // the file with this name contains another key
};

// "list keys"
struct ListKeys {
    bool operators = false, accounts = false, users = false, curves = false, all = false;
    std::string account, user, filter;
    bool not_referenced = false;
    bool show_seeds = false;
    bool json = false;

    void bind(CommandSyntax& command);
    [[nodiscard]] Result<> run(Context& context);

  private:
    [[nodiscard]] Result<std::vector<KeyRow>> collect(const Context& context) const;
    [[nodiscard]] Result<> collect_account(const Context& context, const OperatorStore& store,
                                           const std::string& name,
                                           std::vector<KeyRow>& rows) const;
    [[nodiscard]] bool selected(const KeyRow& row) const;
    [[nodiscard]] std::string render_table(const std::vector<KeyRow>& rows) const;
    [[nodiscard]] std::string render_seeds(const Context& context,
                                           const std::vector<KeyRow>& rows) const;
    [[nodiscard]] std::string render_json(const Context& context,
                                          const std::vector<KeyRow>& rows) const;
};

}  // namespace midge::tools
