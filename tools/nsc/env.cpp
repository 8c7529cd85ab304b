#include <Poco/Environment.h>

#include "common/table.h"
#include "nsc/commands.h"

namespace midge::tools {
namespace {

std::string yes_no(bool flag) {
    return flag ? "Yes" : "No";
}

void print_environment(const Context& context) {
    Table table("NSC Environment");
    table.set_headers({"Setting", "Set", "Effective Value"});
    const auto variable = [&](const char* name, const char* note, std::string value) {
        table.add_row({fmt::format("${}{}", name, note), yes_no(Poco::Environment::has(name)),
                       std::move(value)});
    };
    variable("XDG_CONFIG_HOME", "", context.environment().xdg_config_home);
    variable("XDG_DATA_HOME", "", context.environment().xdg_data_home);
    variable("NSC_CWD_ONLY", "", "If set, default operator/account from cwd only");
    variable("NSC_NO_GIT_IGNORE", "", "If set, no .gitignore files written");
    variable("NKEYS_PATH", " (deprecated)", context.shown(context.keys().folder()));
    variable("NSC_HOME", " (deprecated)", context.shown(context.paths().config));
    table.add_separator();
    table.add_row({"From CWD", "", yes_no(context.from_working_folder())});
    table.add_row({"Default Stores Dir", "", context.shown(context.paths().stores)});
    table.add_row({"Current Store Dir", "", context.shown(context.stores())});
    table.add_row({"Current Operator", "", context.operator_name()});
    table.add_row({"Current Account", "", context.account()});
    table.print();
}

struct Env {
    std::string store, operator_name, account;

    void bind(CommandSyntax& command) {
        command.text("-s,--store", store, "choose the folder of the operators");
        command.text("-o,--operator", operator_name, "choose the current operator");
        command.text("-a,--account", account, "choose the current account");
        command.footer("Examples:\n  nsc env\n  nsc env -o SAOP -a SYS");
    }
    Result<> run(Context& context) {
        const bool choosing = !store.empty() || !operator_name.empty() || !account.empty();
        if (choosing && context.environment().cwd_only)
            return fail("$NSC_CWD_ONLY is set - change your cwd to change context");
        if (!store.empty()) {
            if (auto ok = context.select_stores(context.expand(store)); !ok) return ok;
        }
        if (!operator_name.empty()) {
            if (auto ok = context.select_operator(operator_name); !ok) return ok;
        }
        if (!account.empty()) {
            if (auto ok = context.select_account(account); !ok) return ok;
        }
        print_environment(context);
        return {};
    }
};

struct SelectOperator {
    std::string name;

    void bind(CommandSyntax& command) { command.required_text("name", name, "operator name"); }
    Result<> run(Context& context) {
        if (auto ok = context.select_operator(name); !ok) return ok;
        print_environment(context);
        return {};
    }
};

struct SelectAccount {
    std::string name;

    void bind(CommandSyntax& command) { command.required_text("name", name, "account name"); }
    Result<> run(Context& context) {
        if (auto ok = context.select_account(name); !ok) return ok;
        print_environment(context);
        return {};
    }
};

}  // namespace

void add_environment_commands(Commands& commands) {
    add_command<Env>(commands, "", "env", "Show or choose folders, operator and account");
    add_command<SelectOperator>(commands, "select", "operator", "Choose the current operator");
    add_command<SelectAccount>(commands, "select", "account", "Choose the current account");
}

}  // namespace midge::tools
