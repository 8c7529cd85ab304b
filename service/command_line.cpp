#include "command_line.h"

#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <map>

#include "base/text.h"

namespace midge {
namespace {

// A flag with one of its names. `take` returns the error in the value, if any.
struct Flag {
    bool takes_value = false;
    bool supported = true;
    std::function<std::string(CommandLine&, const std::string& value)> take;
};

using Flags = std::map<std::string, Flag, std::less<>>;

constexpr const char* parse_failure = "parse error";

template <class Number>
std::string read_number(const std::string& text, std::optional<Number>& target) {
    Number number = 0;
    const char* const stop = text.data() + text.size();
    const auto [end, failure] = std::from_chars(text.data(), stop, number);
    if (failure == std::errc::result_out_of_range) return "value out of range";
    if (failure != std::errc() || end != stop) return parse_failure;
    target = number;
    return {};
}

std::optional<bool> read_bool(std::string_view text) {
    const std::string lower = to_lower_ascii(text);
    if (lower == "true" || lower == "t" || lower == "1") return true;
    if (lower == "false" || lower == "f" || lower == "0") return false;
    return std::nullopt;
}

void add_text(Flags& flags, std::initializer_list<const char*> names,
              std::optional<std::string> OptionFlags::*field) {
    for (const char* name : names) {
        flags[name] = {true, true, [field](CommandLine& line, const std::string& value) {
                           line.flags.*field = value;
                           return std::string();
                       }};
    }
}

void add_text(Flags& flags, std::initializer_list<const char*> names,
              std::string CommandLine::*field) {
    for (const char* name : names) {
        flags[name] = {true, true, [field](CommandLine& line, const std::string& value) {
                           line.*field = value;
                           return std::string();
                       }};
    }
}

template <class Number>
void add_number(Flags& flags, std::initializer_list<const char*> names,
                std::optional<Number> OptionFlags::*field) {
    for (const char* name : names) {
        flags[name] = {true, true, [field](CommandLine& line, const std::string& value) {
                           return read_number(value, line.flags.*field);
                       }};
    }
}

// Adds a flag that is true if it has no value.
void add_switch(Flags& flags, std::initializer_list<const char*> names,
                std::function<void(CommandLine&, bool)> set) {
    for (const char* name : names) {
        flags[name] = {false, true,
                       [set](CommandLine& line, const std::string& value) -> std::string {
                           const auto on = read_bool(value);
                           if (!on) return parse_failure;
                           set(line, *on);
                           return {};
                       }};
    }
}

// Adds the flags of nats-server that Midge does not support.
void add_unsupported(Flags& flags) {
    for (const char* name :
         {"m", "http_port", "ms", "https_port", "sd", "store_dir", "routes", "cluster",
          "cluster_listen", "cluster_name", "cluster_advertise", "connect_retries", "profile"}) {
        flags[name] = {true, false, {}};
    }
    for (const char* name : {"js", "jetstream", "no_advertise"}) {
        flags[name] = {false, false, {}};
    }
}

void add_tls(Flags& flags) {
    add_switch(flags, {"tls"}, [](CommandLine& line, bool on) { line.flags.tls = on; });
    add_switch(flags, {"tlsverify"},
               [](CommandLine& line, bool on) { line.flags.tls_verify = on; });
    add_text(flags, {"tlscert"}, &OptionFlags::tls_certificate);
    add_text(flags, {"tlskey"}, &OptionFlags::tls_key);
    add_text(flags, {"tlscacert"}, &OptionFlags::tls_authorities);
    add_switch(flags, {"help_tls"}, [](CommandLine& line, bool on) { line.show_tls_help = on; });
}

Flags make_flags() {
    Flags flags;
    add_text(flags, {"a", "addr", "net", "host"}, &OptionFlags::host);
    add_number(flags, {"p", "port"}, &OptionFlags::port);
    add_text(flags, {"n", "name", "server_name"}, &OptionFlags::server_name);
    add_text(flags, {"client_advertise"}, &OptionFlags::client_advertise);
    add_text(flags, {"P", "pid"}, &OptionFlags::pid_file);
    add_text(flags, {"ports_file_dir"}, &OptionFlags::ports_file_dir);
    add_text(flags, {"l", "log"}, &OptionFlags::log_file);
    add_text(flags, {"r", "remote_syslog"}, &OptionFlags::remote_syslog);
    add_number(flags, {"log_size_limit"}, &OptionFlags::log_size_limit);
    add_number(flags, {"max_traced_msg_len"}, &OptionFlags::traced_message_bytes_max);
    add_text(flags, {"user"}, &OptionFlags::user);
    add_text(flags, {"pass"}, &OptionFlags::password);
    add_text(flags, {"auth"}, &OptionFlags::token);
    add_text(flags, {"c", "config"}, &CommandLine::config_file);
    add_text(flags, {"sl", "signal"}, &CommandLine::signal);
    add_text(flags, {"service"}, &CommandLine::service);
    add_text(flags, {"start"}, &CommandLine::service_start);
    add_text(flags, {"account"}, &CommandLine::service_account);
    add_switch(flags, {"D", "debug"}, [](CommandLine& line, bool on) { line.flags.debug = on; });
    add_switch(flags, {"V", "trace"}, [](CommandLine& line, bool on) { line.flags.trace = on; });
    add_switch(flags, {"VV"}, [](CommandLine& line, bool on) {
        line.flags.trace = line.flags.trace_verbose = on;
    });
    add_switch(flags, {"DV"},
               [](CommandLine& line, bool on) { line.flags.debug = line.flags.trace = on; });
    add_switch(flags, {"DVV"}, [](CommandLine& line, bool on) {
        line.flags.debug = line.flags.trace = line.flags.trace_verbose = on;
    });
    add_switch(flags, {"T", "logtime"},
               [](CommandLine& line, bool on) { line.flags.log_time = on; });
    add_switch(flags, {"logtime_utc"},
               [](CommandLine& line, bool on) { line.flags.log_time_utc = on; });
    add_switch(flags, {"s", "syslog"}, [](CommandLine& line, bool on) { line.flags.syslog = on; });
    add_text(flags, {"diff"}, &CommandLine::diff_file);
    add_switch(flags, {"t", "test-config", "test_config"},
               [](CommandLine& line, bool on) { line.test_config = on; });
    add_switch(flags, {"v", "version"}, [](CommandLine& line, bool on) { line.show_version = on; });
    add_switch(flags, {"h", "help"}, [](CommandLine& line, bool on) { line.show_help = on; });
    add_switch(flags, {"daemon"}, [](CommandLine& line, bool on) { line.daemon = on; });
    add_switch(flags, {"help-config", "help_config"},
               [](CommandLine& line, bool on) { line.show_config_help = on; });
    add_tls(flags);
    add_unsupported(flags);
    return flags;
}

// A flag as written: "-flag", "--flag", "-flag=value".
struct WrittenFlag {
    std::string name;
    std::optional<std::string> value;
};

tl::expected<WrittenFlag, CommandLineError> split_flag(const std::string& argument) {
    const std::string text = argument.substr(argument.starts_with("--") ? 2 : 1);
    if (text.empty() || text.front() == '-' || text.front() == '=') {
        return tl::unexpected(CommandLineError{"bad flag syntax: " + argument, true});
    }
    const size_t equals = text.find('=');
    if (equals == std::string::npos) return WrittenFlag{text, std::nullopt};
    return WrittenFlag{text.substr(0, equals), text.substr(equals + 1)};
}

// Handles the words after the flags.
tl::expected<void, CommandLineError> take_command(CommandLine& line, const std::string& word) {
    const std::string command = to_lower_ascii(word);
    if (line.show_config_help && line.config_help_key.empty()) {
        line.config_help_key = word;
    } else if (command == "version") {
        line.show_version = true;
    } else if (command == "help") {
        line.show_help = true;
    } else {
        return tl::unexpected(
            CommandLineError{fmt::format("unrecognized command: \"{}\"", word), false});
    }
    return {};
}

// A service is configured in its configuration file. A flag that would have no effect is refused.
tl::expected<void, CommandLineError> check_service_flags(const CommandLine& line) {
    const auto refuse = [](std::string text) {
        return tl::unexpected(CommandLineError{std::move(text), false});
    };
    const bool installs = line.service == "install";
    for (const std::string& flag : line.given) {
        if (line.service.empty() && flag == "service")
            return refuse("flag -service needs an action");
        const bool of_install = flag == "start" || flag == "account";
        const bool of_service = flag == "service" || flag == "name";
        if (line.service.empty() && of_install)
            return refuse(fmt::format("flag -{} goes with --service install", flag));
        if (line.service.empty() || of_service) continue;
        if (installs && (of_install || flag == "c" || flag == "config")) continue;
        return refuse(fmt::format("flag -{} does not go with --service {}", flag, line.service));
    }
    return {};
}

}  // namespace

tl::expected<CommandLine, CommandLineError> parse_command_line(
    const std::string& program, const std::vector<std::string>& arguments) {
    const Flags flags = make_flags();
    CommandLine line;
    line.program = program;
    for (size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        const bool is_flag = argument.size() > 1 && argument.front() == '-';
        if (!is_flag || argument == "--") {
            const size_t word = is_flag ? i + 1 : i;
            if (word == arguments.size()) break;
            if (auto taken = take_command(line, arguments[word]); !taken)
                return tl::unexpected(taken.error());
            break;
        }
        auto written = split_flag(argument);
        if (!written) return tl::unexpected(written.error());
        const auto found = flags.find(written->name);
        if (found == flags.end()) {
            return tl::unexpected(
                CommandLineError{"flag provided but not defined: -" + written->name, true});
        }
        const Flag& flag = found->second;
        if (!flag.supported) {
            return tl::unexpected(CommandLineError{
                fmt::format("flag -{} is not supported yet", written->name), false});
        }
        if (!written->value && flag.takes_value) {
            if (i + 1 == arguments.size()) {
                return tl::unexpected(
                    CommandLineError{"flag needs an argument: -" + written->name, true});
            }
            written->value = arguments[++i];
        }
        line.given.push_back(written->name);
        const std::string value = written->value.value_or("true");
        if (const std::string why = flag.take(line, value); !why.empty()) {
            const char* form = flag.takes_value ? "invalid value \"{}\" for flag -{}: {}"
                                                : "invalid boolean value \"{}\" for -{}: {}";
            return tl::unexpected(
                CommandLineError{fmt::format(fmt::runtime(form), value, written->name, why), true});
        }
    }
    if (auto checked = check_service_flags(line); !checked) return tl::unexpected(checked.error());
    return line;
}

void OptionFlags::apply(Options& options) const {
    const auto set = [](auto& target, const auto& value) {
        if (value) target = *value;
    };
    const auto set_text = [](std::string& target, const std::optional<std::string>& value) {
        if (value && !value->empty()) target = *value;
    };
    set_text(options.host, host);
    if (port.value_or(0) != 0) options.port = *port;
    set_text(options.server_name, server_name);
    set_text(options.client_advertise, client_advertise);
    set_text(options.pid_file, pid_file);
    set_text(options.ports_file_dir, ports_file_dir);
    set_text(options.log.file, log_file);
    set(options.log.syslog, syslog);
    set_text(options.log.remote_syslog, remote_syslog);
    set(options.log.size_limit, log_size_limit);
    set(options.log.traced_message_bytes_max, traced_message_bytes_max);
    set(options.log.debug, debug);
    set(options.log.trace, trace);
    set(options.log.trace_verbose, trace_verbose);
    set(options.log.time, log_time);
    set(options.log.time_utc, log_time_utc);
    set_text(options.authorization.user, user);
    set_text(options.authorization.password, password);
    set_text(options.authorization.token, token);
}

Result<> OptionFlags::apply_tls(Options& options) const {
    if (tls && !*tls) {
        options.tls.reset();
        return {};
    }
    if (!tls && !tls_verify && !tls_certificate && !tls_key && !tls_authorities) return {};
    TlsOptions block;
    block.verify = tls_verify.value_or(false);
    block.ca_file = tls_authorities.value_or("");
    block.certificates.push_back({tls_certificate.value_or(""), tls_key.value_or("")});
    if (block.certificates.front().certificate_file.empty())
        return fail(Errc::invalid, "TLS Server certificate must be present and valid");
    if (block.certificates.front().key_file.empty())
        return fail(Errc::invalid, "TLS Server private key must be present and valid");
    options.tls = std::move(block);
    return {};
}

}  // namespace midge
