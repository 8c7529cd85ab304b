#include <algorithm>

#include "auth/jwt.h"
#include "base/json.h"
#include "common/json_text.h"
#include "common/table.h"
#include "nsc/commands.h"
#include "nsc/list_keys.h"

namespace midge::tools {
namespace {

struct Entry {
    std::string name;
    std::string public_key;  // or the reason why there is none
};

template <class Claims>
Entry entry(const std::string& name, const Result<Claims>& claims) {
    if (!claims) return {name, "error loading jwt - " + claims.error().text};
    const bool same = claims->name == name;
    return {same ? name : fmt::format("{} ({})", name, claims->name), claims->sub};
}

void print_entries(const char* title, const std::vector<Entry>& entries, bool json) {
    if (json) {
        Poco::JSON::Array array;
        for (const auto& item : entries) {
            JsonObject object = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
            object->set("name", item.name);
            object->set("public_key", item.public_key);
            array.add(object);
        }
        const JsonArray shared = new Poco::JSON::Array(array);
        fmt::print("{}\n", indented_json(shared, 1));
        return;
    }
    Table table(title);
    if (entries.empty()) {
        table.add_row({"No entries defined"});
    } else {
        table.set_headers({"Name", "Public Key"});
        for (const auto& item : entries) table.add_row({item.name, item.public_key});
    }
    table.print();
}

struct ListOperators {
    bool json = false;

    void bind(CommandSyntax& command) {
        command.alias("operator");
        command.flag("-J,--json", json, "print JSON");
    }
    Result<> run(Context& context) {
        std::vector<Entry> entries;
        for (const auto& name : list_operators(context.stores())) {
            auto store = context.open_operator(name);
            entries.push_back(entry(name, store ? Result<OperatorClaims>(store->claims)
                                                : Result<OperatorClaims>(pass(store))));
        }
        print_entries("Operators", entries, json);
        return {};
    }
};

struct ListAccounts {
    bool json = false;
    std::string operator_name;

    void bind(CommandSyntax& command) {
        command.alias("account");
        command.flag("-J,--json", json, "print JSON");
        command.text("-o,--operator", operator_name,
                     "operator name; default: the current operator");
    }
    Result<> run(Context& context) {
        if (!operator_name.empty()) {
            if (auto ok = context.select_operator(operator_name); !ok) return ok;
        }
        auto store = context.open_operator();
        if (!store) return pass(store);
        std::vector<Entry> entries;
        for (const auto& name : store->files.accounts()) {
            auto account = context.read_account(*store, name);
            entries.push_back(entry(name, account ? Result<AccountClaims>(account->claims)
                                                  : Result<AccountClaims>(pass(account))));
        }
        print_entries("Accounts", entries, json);
        return {};
    }
};

struct ListUsers {
    bool json = false;
    std::string operator_name;
    std::string account;

    void bind(CommandSyntax& command) {
        command.alias("user");
        command.flag("-J,--json", json, "print JSON");
        command.text("-o,--operator", operator_name,
                     "operator name; default: the current operator");
        command.text("-a,--account", account, "account name; default: the current account");
    }
    Result<> run(Context& context) {
        if (!operator_name.empty()) {
            if (auto ok = context.select_operator(operator_name); !ok) return ok;
        }
        if (!account.empty()) {
            if (auto ok = context.select_account(account); !ok) return ok;
        }
        auto store = context.open_operator();
        if (!store) return pass(store);
        auto stored = context.open_account(*store, account);
        if (!stored) return pass(stored);
        std::vector<Entry> entries;
        for (const auto& name : store->files.users(stored->name)) {
            auto jwt = store->files.user_jwt(stored->name, name);
            entries.push_back(entry(name, jwt ? decode_user(*jwt) : Result<UserClaims>(pass(jwt))));
        }
        print_entries("Users", entries, json);
        return {};
    }
};

}  // namespace

void add_list_commands(Commands& commands) {
    add_command<ListOperators>(commands, "list", "operators", "List operators");
    add_command<ListAccounts>(commands, "list", "accounts", "List accounts");
    add_command<ListUsers>(commands, "list", "users", "List users");
    add_command<ListKeys>(commands, "list", "keys",
                          "List the keys of the operator, its accounts and their users");
}

}  // namespace midge::tools
