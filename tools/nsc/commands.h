#pragma once
// The commands of nsc. Each function adds its commands to the parser; the one that the user named
// leaves what is to be done in Commands::chosen.
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

    // Adds the command `name` below the group `parent` ("add"; empty: none), which is made when
    // missing.
    CommandSyntax declare(const std::string& parent, const std::string& name,
                          const std::string& help, Run run);
    // The same for a command that is not built: it takes any arguments, and is not in the help.
    void declare_unbuilt(const std::string& parent, const std::string& name, Run run);
};

// Adds a command whose flags are a struct with bind(CommandSyntax&) and run(Context&).
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
// Commands of the official nsc that are not built here: each is refused by name instead of as
// unknown.
void add_unbuilt_commands(Commands& commands);

}  // namespace midge::tools
