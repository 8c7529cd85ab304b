#pragma once
// The common part of midge's commands. Owned by main(); one for each process.
#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "connect_settings.h"
#include "outgoing.h"

namespace midge::cli {

// The most messages that one call of `pub` or `request` sends for each payload.
inline constexpr int repeat_max = 1'000'000'000;

// Flags before or after the command.
struct GlobalOptions {
    ConnectSettings connect;
    std::chrono::nanoseconds timeout = std::chrono::seconds(5);
};

struct Program {
    CLI::App app;
    GlobalOptions global;
    // The action of the parsed command; empty before parsing.
    std::function<Result<>()> action;
};

// Each adds a command with its flags, help and action (docs/protocol/tools.md, Message commands).
void add_pub_command(Program& program);
void add_sub_command(Program& program);
void add_request_command(Program& program);
void add_reply_command(Program& program);

// Adds connection flags and their environment variables (docs/protocol/tools.md, Connection flags).
void add_global_options(Program& program);

// Makes the use of a flag of `nats` that Midge does not support an error that names it.
void refuse_flag(CLI::App& app, const std::string& names);
void refuse_option(CLI::App& app, const std::string& names);
// The same for a whole command.
void refuse_command(CLI::App& app, const std::string& name);

CLI::Option* add_duration(CLI::App& app, const std::string& names, std::chrono::nanoseconds& target,
                          const std::string& help);
// Adds the positionals "subject" and "body", -H, --force-stdin, --send-on, --templates.
void add_outgoing_options(CLI::App& app, OutgoingOptions& target);
// Adds "-H,--header K:V", which may be repeated.
void add_header_option(CLI::App& app, std::vector<std::string>& target);

}  // namespace midge::cli
