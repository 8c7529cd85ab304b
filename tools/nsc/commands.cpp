#include "nsc/commands.h"

#include <CLI/CLI.hpp>
#include <map>

namespace midge::tools {
namespace {

const std::map<std::string, std::string>& group_help() {
    static const std::map<std::string, std::string> texts = {
        {"add", "Add operators, accounts and users"},
        {"delete", "Delete accounts and users"},
        {"describe", "Show the contents of a JWT"},
        {"edit", "Change operators, accounts and users"},
        {"generate", "Generate creds, keys and server configurations"},
        {"list", "List operators, accounts, users and keys"},
        {"revocations", "Revoke the JWTs of users"},
        {"select", "Choose the current operator or account"},
    };
    return texts;
}

CLI::App& group_command(CLI::App& app, const std::string& name) {
    for (CLI::App* existing : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (existing->get_name() == name) return *existing;
    }
    const auto help = group_help().find(name);
    CLI::App* group =
        app.add_subcommand(name, help == group_help().end() ? std::string() : help->second);
    if (help == group_help().end()) group->group("");
    group->require_subcommand(0, 1);
    return *group;
}

}  // namespace

CommandSyntax Commands::declare(const std::string& parent, const std::string& name,
                                const std::string& help, Run run) {
    CLI::App* command =
        (parent.empty() ? app : group_command(app, parent)).add_subcommand(name, help);
    command->callback([this, run = std::move(run)] { chosen = run; });
    return CommandSyntax(*command);
}

void Commands::declare_unbuilt(const std::string& parent, const std::string& name, Run run) {
    CLI::App* command = (parent.empty() ? app : group_command(app, parent))
                            .add_subcommand(name, "not supported yet");
    command->group("")->allow_extras()->fallthrough(false)->set_help_flag();
    command->callback([this, run = std::move(run)] { chosen = run; });
}

}  // namespace midge::tools
