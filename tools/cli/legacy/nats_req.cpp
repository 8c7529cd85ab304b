// nats-req: sends one request and prints the first reply.
#include <fmt/format.h>

#include "connection.h"
#include "legacy/legacy_tool.h"

namespace midge::cli::legacy {
namespace {

constexpr std::chrono::seconds reply_wait{2};

Result<Message> request(Connection& connection, Message message) {
    message.reply = connection.new_inbox();
    Result<SubscriptionHandle> inbox = connection.subscribe(message.reply);
    if (!inbox) return pass(inbox);
    Result<> sent = connection.publish(message);
    if (sent) sent = connection.flush();
    if (!sent) return pass(sent);
    return connection.next(*inbox, reply_wait);
}

}  // namespace

int run_nats_req(const std::vector<std::string>& words) {
    const std::string usage = "nats-req [-s server] [-creds file] [-nkey file] <subject> <msg>";
    tools::GoFlags flags;
    CommonFlags common;
    common.add_to(flags);
    const ParsedWords parsed = parse_words(usage, flags, common, words, {2, words.size()});
    if (parsed.exit_code >= 0) return parsed.exit_code;

    common.connect.name = "NATS Sample Requestor";
    Result<std::unique_ptr<Connection>> connection = Connection::open(common.connect, {});
    if (!connection) return log_fatal(connection.error().text);
    const Message message{
        .subject = parsed.arguments[0], .reply = {}, .headers = {}, .data = parsed.arguments[1]};
    const Result<Message> reply = request(**connection, message);
    if (!reply) return log_fatal(reply.error().text + " for request");
    log_line(fmt::format("Published [{}] : '{}'", message.subject, message.data));
    log_line(fmt::format("Received  [{}] : '{}'", reply->subject, reply->data));
    return 0;
}

}  // namespace midge::cli::legacy
