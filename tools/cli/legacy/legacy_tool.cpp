#include "legacy/legacy_tool.h"

#include <fmt/format.h>

#include <cstdio>

#include "common/own_name.h"

namespace midge::cli::legacy {

void log_line(std::string_view text) {
    std::string line(text);
    if (!line.ends_with('\n')) line += '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
}

int log_fatal(std::string_view text) {
    log_line(text);
    return exit_failed;
}

void CommonFlags::add_to(tools::GoFlags& flags) {
    flags.text("s", connect.servers, "The nats server URLs (separated by comma)");
    flags.text("creds", connect.creds_file, "User Credentials File");
    flags.text("nkey", connect.nkey_file, "NKey Seed File");
    flags.flag("h", help, "Show help message");
}

void CommonFlags::add_tls_to(tools::GoFlags& flags) {
    flags.text("tlscert", connect.tls_cert_file, "TLS client certificate file");
    flags.text("tlskey", connect.tls_key_file, "Private key file for client certificate");
    flags.text("tlscacert", connect.tls_ca_file, "CA certificate to verify peer against");
}

ParsedWords parse_words(const std::string& usage, const tools::GoFlags& flags,
                        const CommonFlags& common, const std::vector<std::string>& words,
                        ArgumentCount count) {
    const std::string help = "Usage: " + usage + "\n" + flags.help();
    const std::string hint = tools::help_hint(usage.substr(0, usage.find(' ')) + " -h");
    ParsedWords parsed;
    Result<std::vector<std::string>> arguments = flags.parse(words);
    if (!arguments) {
        log_line(hint);
        log_line(arguments.error().text);
        parsed.exit_code = exit_bad_flag;
    } else if (common.help) {
        log_line(help);
        parsed.exit_code = 0;
    } else if (arguments->size() < count.min || arguments->size() > count.max) {
        log_line(hint);
        parsed.exit_code =
            log_fatal(fmt::format("expected {} arguments, found {}",
                                  count.min == count.max ? fmt::format("{}", count.min)
                                                         : fmt::format("at least {}", count.min),
                                  arguments->size()));
    } else if (!common.connect.creds_file.empty() && !common.connect.nkey_file.empty()) {
        parsed.exit_code = log_fatal("specify -seed or -creds");
    } else {
        parsed.arguments = std::move(*arguments);
    }
    return parsed;
}

}  // namespace midge::cli::legacy
