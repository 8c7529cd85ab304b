// midge: the command line client. Called by a name of an old example tool (nats-pub ...), it
// behaves like that tool; called as nats, it is midge with that name in its texts.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "base/terminal.h"
#include "base/version.h"
#include "common/own_name.h"
#include "hide_arguments.h"
#include "legacy/legacy_tool.h"
#include "nats_handles.h"
#include "program.h"

namespace midge::cli {
namespace {

constexpr const char* description =
    "Publishes, subscribes, requests and replies on a NATS server.\n\n"
    "Try it in two terminals: `midge sub 'greetings.>'` in one, `midge pub greetings.joe hello` "
    "in\n"
    "the other. Each command has its own help: midge pub --help.";

constexpr std::array unbuilt_commands{
    "account", "audit",  "auth",    "bench",   "cheat", "consumer", "context", "counter",
    "errors",  "events", "kv",      "latency", "micro", "object",   "plugins", "rtt",
    "schema",  "server", "service", "stream",  "top",   "trace",    "traffic"};

// A user name without a password is a token (docs/protocol/tools.md, Connection flags).
void settle_identity(ConnectSettings& connect) {
    if (connect.user.empty() || !connect.password.empty()) return;
    if (connect.token.empty()) connect.token = connect.user;
    connect.user.clear();
}

int print_error(const std::string& name, const std::string& text) {
    const Palette palette(StandardStream::err);
    fmt::print(stderr, "{}: {} {}\n", name, palette.error("error:"), text);
    return EXIT_FAILURE;
}

// The error is the last line. Help is printed only on request.
int refuse_words(const CLI::App& app, const std::vector<std::string>& arguments,
                 const std::string& text) {
    fmt::print(stderr, "{}\n", tools::help_hint(app, arguments));
    return print_error(app.get_name(), text);
}

int run_midge(const std::string& name, int argc, char** argv) {
    Program program;
    program.app.name(name);
    program.app.description(description);
    program.global.connect.name = fmt::format("NATS CLI Version {}", midge_version);
    add_global_options(program);
    add_pub_command(program);
    add_sub_command(program);
    add_request_command(program);
    add_reply_command(program);
    for (const char* command : unbuilt_commands) refuse_command(program.app, command);
    tools::show_own_name(program.app, "midge", name);

    const std::vector<std::string> arguments(argv + 1, argv + argc);
    try {
        program.app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        return program.app.exit(help);
    } catch (const CLI::Error& e) {
        return refuse_words(program.app, arguments, e.what());
    }
    if (!program.action) {
        return refuse_words(program.app, arguments,
                            "a command is required: pub, sub, request or reply");
    }
    hide_secret_arguments(argc, argv);
    settle_identity(program.global.connect);
    const NatsLibrary library;
    const Result<> done = program.action();
    return done ? EXIT_SUCCESS : print_error(name, done.error().text);
}

using LegacyTool = int (*)(const std::vector<std::string>&);

LegacyTool legacy_tool(const std::string& name) {
    if (name == "nats-pub") return legacy::run_nats_pub;
    if (name == "nats-sub") return legacy::run_nats_sub;
    if (name == "nats-req") return legacy::run_nats_req;
    return nullptr;
}

}  // namespace
}  // namespace midge::cli

int main(int argc, char** argv) {
    using namespace midge::cli;
    const std::string name = std::filesystem::path(argc > 0 ? argv[0] : "midge").stem().string();
    try {
        if (const LegacyTool tool = legacy_tool(name)) {
            const std::vector<std::string> words(argv + 1, argv + argc);
            hide_secret_arguments(argc, argv);
            const NatsLibrary library;
            return tool(words);
        }
        return run_midge(name, argc, argv);
    } catch (const std::exception& e) {
        return print_error(name, e.what());
    }
}
