#pragma once
// Settings of the account server (spec resolver.md 8).
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "common/nsc_paths.h"

namespace midge::tools {

struct LoggingOptions {
    bool time = true;
    bool debug = false;
    bool trace = false;
    bool pid = false;
};

struct HttpOptions {
    std::string host = "localhost";  // empty: all addresses
    uint16_t port = 9090;            // 0: any free one
    std::chrono::milliseconds read_timeout{5000};
    std::chrono::milliseconds write_timeout{5000};
};

struct NatsOptions {
    std::vector<std::string> servers;  // none: no notifications
    std::string creds_file;
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::milliseconds reconnect_wait{1000};
    int64_t reconnects_max = -1;  // -1: for ever
};

struct ServerOptions {
    std::string nsc_folder;    // an operator's folder of nsc; excludes store_folder
    std::string store_folder;  // of resolver-dir; empty: the working folder
    bool store_sharded = false;
    std::string operator_file;  // empty: no operator, or that of nsc_folder
    std::string system_account_file;
    std::string plugin_folder;  // empty: beside the program
    int64_t pack_max = 10'000;  // accounts in one pack; negative: unlimited
    LoggingOptions logging;
    HttpOptions http;
    NatsOptions nats;
};

enum class StartKind { run, show_help, show_version };

struct CommandLine {
    StartKind kind = StartKind::run;
    ServerOptions options;
    std::vector<std::string> warnings;  // about the configuration file
};

// Flags win over the configuration file that -c names. Fails naming the flag or the place in the
// file.
[[nodiscard]] Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments,
                                                     const Environment& environment);
[[nodiscard]] std::string command_line_help(const std::string& program);

// The settings of a configuration file over `options`; keys in any case. Gives warnings about
// unknown keys, which are ignored as the official server does; a known key that is not built here
// fails.
[[nodiscard]] Result<std::vector<std::string>> apply_config_file(const std::string& path,
                                                                 ServerOptions& options);

// "host:port", "[::1]:port" or ":port".
[[nodiscard]] Result<> parse_host_port(const std::string& text, HttpOptions& http);

}  // namespace midge::tools
