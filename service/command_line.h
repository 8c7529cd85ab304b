#pragma once
// The command line of midged: the flags of nats-server (spec config.md 16) and a few of its own.
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/options.h"

namespace midge {

// What the command line says about the options; only what was given overrides the file.
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
    // The flags about TLS, which replace the file's tls block as a whole. Fails as nats-server does
    // when they name no certificate and key. Other parts of the block stay at their defaults.
    [[nodiscard]] Result<> apply_tls(Options& options) const;
};

struct CommandLine {
    std::string program;  // as it was called, without its folder
    std::string config_file;
    std::string signal;  // "<name>[=<pid>]"
    bool test_config = false;
    std::string diff_file;  // with test_config: compare with this configuration
    bool show_version = false;
    bool show_help = false;
    bool show_config_help = false;
    bool show_tls_help = false;
    std::string config_help_key;
    bool daemon = false;
    std::string service;  // --service: what to do with the Windows service
    std::string service_start;
    std::string service_account;
    std::vector<std::string> given;  // the flags as they were written, without dashes and values
    OptionFlags flags;
};

// What is wrong with a command line. As in nats-server, wrong use of a flag shows how to use them
// and is no failure.
struct CommandLineError {
    std::string text;
    bool show_usage = false;
    [[nodiscard]] int exit_code() const noexcept { return show_usage ? 0 : 1; }
};

// `arguments` without the program's own name.
[[nodiscard]] tl::expected<CommandLine, CommandLineError> parse_command_line(
    const std::string& program, const std::vector<std::string>& arguments);

// The help text, which calls the program `program`.
[[nodiscard]] std::string usage(const std::string& program);
// How to write a tls block.
[[nodiscard]] std::string tls_help();

}  // namespace midge
