#include "client/publishing.h"

#include "client/client_reports.h"
#include "connection/connection.h"
#include "routing/traced_payload.h"

namespace midge {

std::string refuse_publish(Connection& connection, ClientState& client, PublishVerdict verdict,
                           const PublishCommand& command) {
    std::string line;
    const bool of_reply = verdict == PublishVerdict::reply_denied;
    report_denied(connection, client, of_reply ? "reply" : "publish",
                  of_reply ? command.reply : command.subject, {});
    if (of_reply) {
        connection.log_with(LogLevel::error,
                            {{"subject", command.subject}, {"reply", command.reply}},
                            "Publish Violation - Reply {}", go_quote(command.reply));
        line = reply_violation_line(command.reply);
    } else {
        connection.log_with(LogLevel::error, {{"subject", command.subject}},
                            "Publish Violation - Subject {}", go_quote(command.subject));
        line = publish_violation_line(command.subject);
    }
    connection.send_error(line);
    return line;
}

void trace_publish(const Connection& connection, const PublishCommand& command) {
    const LogOptions& options = connection.loop().settings().options.log;
    std::string arguments(command.subject);
    if (!command.reply.empty()) arguments += fmt::format(" {}", command.reply);
    if (command.has_header) arguments += fmt::format(" {}", command.header_bytes);
    connection.log(LogLevel::trace, "<<- [{} {} {}]", command.has_header ? "HPUB" : "PUB",
                   arguments, command.size_text);
    const std::string payload = traced_payload(options, command.body, command.header_bytes);
    if (!payload.empty()) connection.log(LogLevel::trace, "<<- {}", payload);
}

}  // namespace midge
