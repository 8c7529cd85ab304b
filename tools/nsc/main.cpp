#include <Poco/Net/Net.h>

#include <CLI/CLI.hpp>

#include "base/program.h"
#include "base/terminal.h"
#include "base/text.h"
#include "base/version.h"
#include "common/own_name.h"
#include "nsc/commands.h"
#include "nsc/mkpasswd.h"
#include "nsc/nk.h"

namespace midge::tools {
namespace {

constexpr const char* examples =
    "Examples:\n"
    "  nsc add operator -n SAOP            an operator with its key\n"
    "  nsc add account -n SYS              an account, signed by the operator\n"
    "  nsc add user -n SYSU                a user of the account, with a creds file\n"
    "  nsc list accounts                   names and public keys\n"
    "  nsc describe account SYS            what the account's JWT says\n"
    "  nsc generate config --mem-resolver  a server configuration with all accounts\n"
    "\n"
    "'nsc COMMAND --help' explains a command. Files are in the folders of the official nsc; 'nsc "
    "env' "
    "shows them.";

int report(const Error& error) {
    say("{} {}", Palette(StandardStream::err).error("Error:"), error.text);
    return 1;
}

void bind_globals(CLI::App& app, GlobalFlags& flags) {
    app.add_option("-K,--private-key", flags.private_key,
                   "signing key: role, public key, seed or key file");
    app.add_option("--config-dir", flags.paths.config_dir, "folder of nsc.json");
    app.add_option("--data-dir", flags.paths.data_dir, "folder of the operators");
    app.add_option("--keystore-dir", flags.paths.keystore_dir, "folder of keys and creds");
    app.add_option("-H,--all-dirs", flags.paths.all_dirs,
                   "sets --config-dir, --data-dir and --keystore-dir");
    // Subcommands accept these flags, too.
    app.fallthrough();
}

// The error is the last line. Help is printed only on request.
int parse_failure(const CLI::App& app, const std::vector<std::string>& arguments,
                  const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    say("{}", help_hint(app, arguments));
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
        std::string words;
        for (const auto& word : app.remaining(true)) words += " " + word;
        return report({Errc::invalid, "unknown command, flag or argument:" + words});
    }
    return report({Errc::invalid, error.what()});
}

int run_nsc(const std::string& name, int argc, char** argv) {
    CLI::App app("Makes and manages NATS operators, accounts and users.", name);
    app.set_version_flag("-v,--version", fmt::format("{} (midge {})", name, midge_version));
    app.footer(examples);
    app.require_subcommand(0, 1);
    GlobalFlags flags;
    bind_globals(app, flags);
    Commands commands{app, {}};
    add_add_commands(commands);
    add_edit_commands(commands);
    add_delete_commands(commands);
    add_list_commands(commands);
    add_describe_commands(commands);
    add_generate_commands(commands);
    add_revocation_commands(commands);
    add_sync_commands(commands);
    add_environment_commands(commands);
    add_unbuilt_commands(commands);
    show_own_name(app, "nsc", name);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return parse_failure(app, {argv + 1, argv + argc}, error);
    }
    if (!commands.chosen) {
        const CLI::App* group =
            app.get_subcommands().empty() ? &app : app.get_subcommands().front();
        fmt::print("{}", group->help());
        return 0;
    }
    auto environment = Environment::from_process();
    const auto report_as = [&](Error& error) {
        error.text = in_own_name(std::move(error.text), "nsc", name);
        return report(error);
    };
    if (!environment) return report_as(environment.error());
    auto context = Context::load(flags, std::move(*environment));
    if (!context) return report_as(context.error());
    auto done = commands.chosen(*context);
    return done ? 0 : report_as(done.error());
}

// One program has several names: links in bin/nats-names lead to it.
int run_as(const std::string& program, int argc, char** argv) {
    if (program == "nk") return run_nk(argc, argv);
    if (program == "mkpasswd") return run_mkpasswd(argc, argv);
    return run_nsc(program, argc, argv);
}

}  // namespace
}  // namespace midge::tools

int main(int argc, char** argv) {
    Poco::Net::initializeNetwork();
    try {
        auto arguments = midge::program_arguments(argc, argv);
        std::vector<char*> pointers;
        pointers.reserve(arguments.size() + 1);
        for (std::string& argument : arguments) pointers.push_back(argument.data());
        pointers.push_back(nullptr);
        return midge::tools::run_as(midge::program_name(arguments.at(0)),
                                    static_cast<int>(arguments.size()), pointers.data());
    } catch (const std::exception& e) {
        midge::tools::say("Error: {}", e.what());
        return 1;
    }
}
