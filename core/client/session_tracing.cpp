// Session: messages whose way through the server is told (docs/protocol/system-events.md, Message
// traces).
#include "client/client_role.h"
#include "client/publishing.h"
#include "client/session.h"
#include "routing/trace_recorder.h"
#include "routing/trace_request.h"
#include "subject/subject.h"

namespace midge {
namespace {

// "-ERR 'text'\r\n" -> text
std::string_view text_of_error(std::string_view line) {
    const size_t begin = line.find('\'') + 1;
    return line.substr(begin, line.rfind('\'') - begin);
}

void publish_trace(const Connection& connection, Account& account, const TraceRecorder& recorder) {
    const ClientServer& server = client_role(connection).server();
    const std::string json = to_json(recorder.trace(), server.events.stamp());
    PublishCommand event;
    event.subject = recorder.destination();
    event.body = json;
    connection.loop().lane().publish(account, event, Origin{&account, nullptr, 0, true});
    connection.loop().commit_at_turn_end();
}

}  // namespace

// False: it is a message like any other. Most with a header are told apart at once.
bool Session::publish_traced(const PublishCommand& command) {
    Account& account = *client_.grant.account;
    const std::string_view header = command.body.substr(0, command.header_bytes);
    if (header.find(trace_destination_header) == std::string_view::npos && !account.has_trace())
        return false;
    const auto of_account = account.trace();
    auto request = read_trace_request(header, of_account.get(), loop().lane().random());
    if (!request) return false;
    // It comes to others as the subject of a message, so it is no longer than one in a command.
    if (!is_literal_subject(request->destination) ||
        request->destination.size() > client_.limits.control_line_bytes_max) {
        constexpr size_t shown_bytes_max = 128;
        const std::string_view start =
            std::string_view(request->destination).substr(0, shown_bytes_max);
        log_with(LogLevel::error, {{"subject", start}},
                 "Destination {} is not valid, won't be able to trace events", go_quote(start));
        if (request->only) send_ok(*this, client_.connect);
        return request->only;
    }
    // Nobody has a trace sent where they may not publish.
    PublishCommand to_destination;
    to_destination.subject = request->destination;
    const PublishVerdict verdict = judge(to_destination);
    client_.publish_rules.check_next();
    if (verdict != PublishVerdict::allowed) {
        refuse_publish(*this, client_, verdict, to_destination);
        return true;
    }
    TraceRecorder recorder(account, std::move(*request), command.body.size());
    recorder.received(id(), outbound().peer_name(), command.subject);
    route_traced(command, recorder);
    publish_trace(*this, account, recorder);
    return true;
}

// As on_publish(), with a note of each step.
void Session::route_traced(const PublishCommand& command, TraceRecorder& recorder) {
    const PublishCommand& published = client_.publish_rules.maps() ? mapped(command) : command;
    if (published.subject.empty()) {
        recorder.mapped(command.subject);
    } else if (published.subject.data() != command.subject.data()) {
        recorder.mapped(published.subject);  // maybe to itself
    }
    if (!published.subject.empty()) {
        const PublishVerdict verdict = judge(published);
        client_.publish_rules.check_next();
        if (verdict != PublishVerdict::allowed) {
            recorder.refused(text_of_error(refuse_publish(*this, client_, verdict, published)));
            return;
        }
    }
    if (client_.places.any()) throttle();
    send_ok(*this, client_.connect);
    const Origin origin{client_.grant.account, this,    id(),
                        client_.connect.echo,  nullptr, &recorder};
    const size_t receivers =
        loop().lane().publish_traced(*client_.grant.account, published, origin);
    loop().commit_at_turn_end();
    if (receivers == 0 && client_.connect.no_responders && !published.reply.empty())
        answer_no_responders(published);
}

}  // namespace midge
