#pragma once
// Settings of the account server (docs/protocol/account-server.md, Settings).
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
    std::vector<std::string> servers;  // empty: no notifications
    std::string creds_file;
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::milliseconds reconnect_wait{1000};
    int64_t reconnects_max = -1;  // -1: no limit
};

struct ServerOptions {
    // Folder of an operator in nsc's stores; cannot be combined with store_folder.
    std::string nsc_folder;
    std::string store_folder;  // folder for resolver-dir; empty: the working folder
    bool store_sharded = false;
    std::string operator_file;  // empty: no operator, or that of nsc_folder
    std::string system_account_file;
    std::string plugin_folder;  // empty: beside the program
    int64_t pack_max = 10'000;  // the most accounts in one pack; negative: unlimited
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

// Flags have priority over the configuration file of -c. The error names the flag or the place in
// the file.
[[nodiscard]] Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments,
                                                     const Environment& environment);
[[nodiscard]] std::string command_line_help(const std::string& program);

// Applies the settings of a configuration file to `options`; keys match in any case. Returns
// warnings about unknown keys, which are ignored as by the official server. A known key that Midge
// does not support is an error.
[[nodiscard]] Result<std::vector<std::string>> apply_config_file(const std::string& path,
                                                                 ServerOptions& options);

// Parses "host:port", "[::1]:port" or ":port".
[[nodiscard]] Result<> parse_host_port(const std::string& text, HttpOptions& http);

}  // namespace midge::tools
