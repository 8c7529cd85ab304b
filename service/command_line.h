#pragma once
// The command line of midged: the flags of nats-server (docs/protocol/service.md, Command line) and
// some of Midge.
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/options.h"

namespace midge {

// The options on the command line. Only flags that were given override the file.
struct OptionFlags {
    std::optional<std::string> host;
    std::optional<int> port;
    std::optional<std::string> server_name;
    std::optional<std::string> client_advertise;
    std::optional<std::string> pid_file;
    std::optional<std::string> ports_file_dir;
    std::optional<std::string> log_file;
    std::optional<bool> syslog;
    std::optional<std::string> remote_syslog;
    std::optional<int64_t> log_size_limit;
    std::optional<int> traced_message_bytes_max;
    std::optional<bool> debug;
    std::optional<bool> trace;
    std::optional<bool> trace_verbose;
    std::optional<bool> log_time;
    std::optional<bool> log_time_utc;
    std::optional<std::string> user;
    std::optional<std::string> password;
    std::optional<std::string> token;
    std::optional<bool> tls;
    std::optional<bool> tls_verify;
    std::optional<std::string> tls_certificate;
    std::optional<std::string> tls_key;
    std::optional<std::string> tls_authorities;

    void apply(Options& options) const;
    // Applies the flags about TLS, which replace the file's whole tls block; other settings of the
    // block get their defaults. Fails like nats-server if the flags name no certificate and key.
    [[nodiscard]] Result<> apply_tls(Options& options) const;
};

struct CommandLine {
    std::string program;  // name by which the program was called, without its folder
    std::string config_file;
    std::string signal;  // "<name>[=<pid>]"
    bool test_config = false;
    std::string diff_file;  // with test_config: compare with the configuration in this file
    bool show_version = false;
    bool show_help = false;
    bool show_config_help = false;
    bool show_tls_help = false;
    std::string config_help_key;
    bool daemon = false;
    std::string service;  // action for the Windows service
    std::string service_start;
    std::string service_account;
    std::vector<std::string> given;  // the flags as they were written, without dashes and values
    OptionFlags flags;
};

// An error in a command line. As in nats-server, wrong use of a flag shows the usage and exits with
// 0.
struct CommandLineError {
    std::string text;
    bool show_usage = false;
    [[nodiscard]] int exit_code() const noexcept { return show_usage ? 0 : 1; }
};

// Requires: `arguments` does not contain the program's own name.
[[nodiscard]] tl::expected<CommandLine, CommandLineError> parse_command_line(
    const std::string& program, const std::vector<std::string>& arguments);

// Returns the help text, with `program` as the name of the program.
[[nodiscard]] std::string usage(const std::string& program);
// Returns the help about tls blocks.
[[nodiscard]] std::string tls_help();

}  // namespace midge
