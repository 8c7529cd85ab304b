// nats-pub: publishes one message.
#include <fmt/format.h>

#include "connection.h"
#include "legacy/legacy_tool.h"

namespace midge::cli::legacy {

int run_nats_pub(const std::vector<std::string>& words) {
    const std::string usage =
        "nats-pub [-s server] [-creds file] [-nkey file] [-tlscert file] [-tlskey file] "
        "[-tlscacert file] <subject> <msg>";
    tools::GoFlags flags;
    CommonFlags common;
    Message message;
    common.add_to(flags);
    common.add_tls_to(flags);
    flags.text("reply", message.reply, "Sets a specific reply subject");
    const ParsedWords parsed = parse_words(usage, flags, common, words, {2, 2});
    if (parsed.exit_code >= 0) return parsed.exit_code;

    common.connect.name = "NATS Sample Publisher";
    Result<std::unique_ptr<Connection>> connection = Connection::open(common.connect, {});
    if (!connection) return log_fatal(connection.error().text);
    message.subject = parsed.arguments[0];
    message.data = parsed.arguments[1];
    Result<> done = (*connection)->publish(message);
    if (done) done = (*connection)->flush();
    if (!done) return log_fatal(done.error().text);
    log_line(fmt::format("Published [{}] : '{}'", message.subject, message.data));
    return 0;
}

}  // namespace midge::cli::legacy
