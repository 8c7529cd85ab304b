#include "account-server/server_options.h"

#include <fmt/format.h>

#include <charconv>

#include "common/go_flags.h"

namespace midge::tools {
namespace {

struct Flags {
    std::string config_file, nsc, dir, operator_file, nats, creds, primary, host_port,
        plugin_folder;
    bool debug = false, trace = false, debug_and_trace = false, read_only = false, dump = false,
         help = false, version = false;
};

void declare(GoFlags& parser, Flags& flags) {
    parser.text("c", flags.config_file, "configuration file; flags override it");
    parser.text("nsc", flags.nsc,
                "serve the accounts of an operator from its nsc folder, ~/.nsc/nats/NAME, which "
                "also has the operator JWT");
    parser.text("dir", flags.dir, "serve and store account JWTs in this folder, one file each");
    parser.text("operator", flags.operator_file,
                "operator JWT file; without it, the server accepts no new JWTs");
    parser.text("hp", flags.host_port,
                "host:port to listen on (default localhost:9090; port 0: any free port)");
    parser.text("nats", flags.nats, "NATS server to publish accepted JWTs to");
    parser.text("creds", flags.creds, "creds file of a system account user, for -nats");
    parser.flag("D", flags.debug, "log debug messages");
    parser.flag("V", flags.trace, "log requests");
    parser.flag("DV", flags.debug_and_trace, "both -D and -V");
    parser.text("plugin_dir", flags.plugin_folder,
                "folder of the plugin resolver-dir (default: ../lib/midge/plugins, seen from the "
                "program's folder)");
    parser.text("primary", flags.primary, "copy from another account server (not supported yet)");
    parser.flag("ro", flags.read_only, "read-only store (not supported)");
    parser.flag("dump", flags.dump, "print the settings (not supported yet)");
    parser.flag("version", flags.version, "print the version");
    parser.flag("h", flags.help, "print this help");
    parser.flag("help", flags.help, "print this help");
}

Result<> refuse_unbuilt(const Flags& flags) {
    if (!flags.primary.empty()) return fail(Errc::unsupported, "-primary is not supported yet");
    if (flags.read_only) return fail(Errc::unsupported, "-ro is not supported");
    if (flags.dump) return fail(Errc::unsupported, "-dump is not supported yet");
    return {};
}

}  // namespace

Result<> parse_host_port(const std::string& text, HttpOptions& http) {
    const size_t colon = text.rfind(':');
    if (colon == std::string::npos)
        return fail(Errc::invalid, fmt::format("\"{}\": expected host:port", text));
    std::string host = text.substr(0, colon);
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string::npos) {
        return fail(Errc::invalid,
                    fmt::format("\"{}\": an IPv6 address needs brackets, as in [::1]:9090", text));
    }
    uint16_t port = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
        return fail(Errc::invalid, fmt::format("\"{}\": port is \"{}\", expected 0..65535", text,
                                               text.substr(colon + 1)));
    }
    http.host = host;
    http.port = port;
    return {};
}

Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments,
                                       const Environment& environment) {
    Flags flags;
    GoFlags parser;
    declare(parser, flags);
    auto rest = parser.parse(arguments);
    if (!rest) return pass(rest);
    CommandLine out;
    if (flags.help || flags.version) {
        out.kind = flags.help ? StartKind::show_help : StartKind::show_version;
        return out;
    }
    if (!rest->empty())
        return fail(Errc::invalid, fmt::format("unexpected argument: {}", rest->front()));
    if (auto ok = refuse_unbuilt(flags); !ok) return pass(ok);

    ServerOptions& options = out.options;
    const auto expanded = [&](const std::string& path) {
        return expand_path(environment, path).string();
    };
    if (!flags.config_file.empty()) {
        auto warnings = apply_config_file(expanded(flags.config_file), options);
        if (!warnings) return pass(warnings);
        out.warnings = std::move(*warnings);
    }
    for (auto [flag, target] :
         {std::pair{&flags.nsc, &options.nsc_folder}, std::pair{&flags.dir, &options.store_folder},
          std::pair{&flags.operator_file, &options.operator_file},
          std::pair{&flags.creds, &options.nats.creds_file},
          std::pair{&flags.plugin_folder, &options.plugin_folder}}) {
        if (!flag->empty()) *target = expanded(*flag);
    }
    if (!flags.nsc.empty() && !flags.dir.empty())
        return fail(Errc::invalid, "-nsc and -dir exclude each other");
    if (!flags.nats.empty()) options.nats.servers = {flags.nats};
    if (!flags.host_port.empty()) {
        if (auto ok = parse_host_port(flags.host_port, options.http); !ok)
            return fail(Errc::invalid, "-hp " + ok.error().text);
    }
    options.logging.debug |= flags.debug || flags.debug_and_trace;
    options.logging.trace |= flags.trace || flags.debug_and_trace;
    return out;
}

std::string command_line_help(const std::string& program) {
    Flags flags;
    GoFlags parser;
    declare(parser, flags);
    return "Usage: " + program +
           " [flags]\n"
           "Serves account JWTs over HTTP to NATS servers with resolver: URL(...).\n\n" +
           parser.help() +
           "\nExamples:\n"
           "  " +
           program +
           " -nsc ~/.nsc/nats/SAOP\n"
           "  " +
           program + " -dir /var/lib/accounts -operator SAOP.jwt -hp 0.0.0.0:9090\n";
}

}  // namespace midge::tools
