#pragma once
// The commands of nsc. Each function adds its commands to the parser. The parser stores the action
// of the user's command in Commands::chosen.
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "nsc/command_syntax.h"
#include "nsc/context.h"

namespace midge::tools {

struct Commands {
    using Run = std::function<Result<>(Context&)>;

    CLI::App& app;
    Run chosen;

    // Adds the command `name` to the group `parent` ("add"; empty: no group), which is created if
    // it is missing.
    CommandSyntax declare(const std::string& parent, const std::string& name,
                          const std::string& help, Run run);
    // The same for a command that Midge does not support: it accepts any arguments, and is not in
    // the help.
    void declare_unbuilt(const std::string& parent, const std::string& name, Run run);
};

// Adds a command that is a struct of flags with bind(CommandSyntax&) and run(Context&).
template <class Flags>
void add_command(Commands& commands, const std::string& parent, const std::string& name,
                 const std::string& help) {
    auto flags = std::make_shared<Flags>();
    CommandSyntax syntax = commands.declare(
        parent, name, help, [flags](Context& context) { return flags->run(context); });
    flags->bind(syntax);
}

void add_add_commands(Commands& commands);
void add_delete_commands(Commands& commands);
void add_edit_commands(Commands& commands);
void add_list_commands(Commands& commands);
void add_revocation_commands(Commands& commands);
void add_sync_commands(Commands& commands);
void add_describe_commands(Commands& commands);
void add_generate_commands(Commands& commands);
void add_environment_commands(Commands& commands);
// Adds the commands of the official nsc that Midge does not support. They are refused by name, and
// not as unknown.
void add_unbuilt_commands(Commands& commands);

}  // namespace midge::tools
