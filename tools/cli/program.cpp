#include "program.h"

#include <fmt/format.h>

#include "base/version.h"
#include "duration.h"

namespace midge::cli {
namespace {

// Ends the parsing with an error text, which main() prints.
[[noreturn]] void refuse(const std::string& what) {
    throw CLI::Error("NotSupported", what + " is not supported yet", CLI::ExitCodes::InvalidError);
}

// Returns the longest spelling: "--jetstream" of "-J,--jetstream".
std::string long_name(const std::string& names) {
    return names.substr(names.rfind(',') + 1);
}

void add_identity_options(CLI::App& app, GlobalOptions& global) {
    ConnectSettings& connect = global.connect;
    app.add_option("--user", connect.user, "User name, or a token when no password is given")
        ->envname("NATS_USER");
    app.add_option("--password", connect.password,
                   "Password; better set NATS_PASSWORD, as other users can list arguments")
        ->envname("NATS_PASSWORD");
    app.add_option("--token", connect.token, "Token; better set NATS_TOKEN")->envname("NATS_TOKEN");
    app.add_option("--creds", connect.creds_file, "Credentials file, with the user's JWT and seed")
        ->envname("NATS_CREDS")
        ->type_name("FILE");
    app.add_option("--nkey", connect.nkey_file, "File with a user's seed")
        ->envname("NATS_NKEY")
        ->type_name("FILE");
    refuse_option(app, "--jwt");
    refuse_option(app, "--seed");
}

void add_tls_options(CLI::App& app, GlobalOptions& global) {
    ConnectSettings& connect = global.connect;
    app.add_option("--tlscert", connect.tls_cert_file, "Client certificate for TLS")
        ->envname("NATS_CERT")
        ->type_name("FILE");
    app.add_option("--tlskey", connect.tls_key_file, "Private key of the client certificate")
        ->envname("NATS_KEY")
        ->type_name("FILE");
    app.add_option("--tlsca", connect.tls_ca_file,
                   "Certificates of the authorities that sign the server's certificate")
        ->envname("NATS_CA")
        ->type_name("FILE");
    refuse_flag(app, "--tlsfirst");
    refuse_flag(app, "--tls-first");
}

}  // namespace

void refuse_flag(CLI::App& app, const std::string& names) {
    app.add_flag_callback(names, [name = long_name(names)] { refuse(name); })->group("");
}

void refuse_option(CLI::App& app, const std::string& names) {
    app.add_option_function<std::string>(
           names, [name = long_name(names)](const std::string&) { refuse(name); })
        ->group("");
}

void refuse_command(CLI::App& app, const std::string& name) {
    CLI::App* command = app.add_subcommand(name)->group("")->allow_extras();
    command->set_help_flag();
    command->callback([name] { refuse("command \"" + name + "\""); });
}

CLI::Option* add_duration(CLI::App& app, const std::string& names, std::chrono::nanoseconds& target,
                          const std::string& help) {
    const auto parse = [&target, names](const std::string& text) {
        const Result<std::chrono::nanoseconds> parsed = parse_duration(text);
        if (!parsed) throw CLI::ValidationError(long_name(names), parsed.error().text);
        target = *parsed;
    };
    return app.add_option_function<std::string>(names, parse, help)->type_name("DURATION");
}

void add_header_option(CLI::App& app, std::vector<std::string>& target) {
    app.add_option("-H,--header", target, "Header to send; may be repeated")
        ->type_name("KEY:VALUE")
        ->allow_extra_args(false);
}

void add_outgoing_options(CLI::App& app, OutgoingOptions& target) {
    app.add_option("subject", target.subject, "Subject to send to")->required();
    app.add_option_function<std::string>(
        "body", [&target](const std::string& text) { target.body = text; },
        "Message body; without it, the body is read from standard input");
    add_header_option(app, target.headers);
    app.add_flag("--force-stdin", target.force_stdin, "Read the body from standard input");
    app.add_option("--send-on", target.send_on, "Send standard input as a whole or line by line")
        ->check(CLI::IsMember({"eof", "newline"}))
        ->capture_default_str();
    app.add_flag("--templates,!--no-templates", target.templates, "Expand {{...}} (default)");
}

void add_global_options(Program& program) {
    CLI::App& app = program.app;
    ConnectSettings& connect = program.global.connect;
    app.add_option("-s,--server", connect.servers, "Server URLs, comma separated")
        ->envname("NATS_URL")
        ->type_name("URL")
        ->default_str(default_server_url);
    add_identity_options(app, program.global);
    add_tls_options(app, program.global);
    add_duration(app, "--timeout", program.global.timeout, "How long to wait for replies")
        ->envname("NATS_TIMEOUT")
        ->default_str("5s");
    app.add_option("--connection-name", connect.name, "Name of the connection, for monitoring")
        ->type_name("NAME")
        ->default_str(connect.name);
    app.add_option("--inbox-prefix", connect.inbox_prefix, "First tokens of reply subjects")
        ->type_name("SUBJECT")
        ->default_str(connect.inbox_prefix);
    app.add_flag_callback(
        "--no-context", [] {}, "Has no effect, as there are no contexts; accepted for scripts");
    refuse_option(app, "--context");
    refuse_option(app, "--colors");
    refuse_option(app, "--socks-proxy");
    refuse_option(app, "--js-api-prefix");
    refuse_option(app, "--js-event-prefix");
    refuse_option(app, "--js-domain");
    refuse_flag(app, "--trace");
    app.set_version_flag("--version", midge_version);
}

}  // namespace midge::cli
