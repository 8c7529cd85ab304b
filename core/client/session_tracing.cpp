// Session: messages whose way through the server is told (spec system-events.md 7).
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

}  // namespace

// False: it is a message like any other. Most with a header are told apart at once.
bool Session::publish_traced(const PublishCommand& command) {
    const std::string_view header = command.body.substr(0, command.header_bytes);
    if (header.find(trace_destination_header) == std::string_view::npos &&
        !grant_.account->has_trace())
        return false;
    const auto of_account = grant_.account->trace();
    auto request = read_trace_request(header, of_account.get(), loop().lane().random());
    if (!request) return false;
    // It comes to others as the subject of a message, so it is no longer than one in a command.
    if (!is_literal_subject(request->destination) ||
        request->destination.size() > limits_.control_line_bytes_max) {
        constexpr size_t shown_bytes_max = 128;
        log(LogLevel::error, "Destination {} is not valid, won't be able to trace events",
            go_quote(request->destination.substr(0, shown_bytes_max)));
        if (request->only) send_ok();
        return request->only;
    }
    // Nobody has a trace sent where they may not publish.
    PublishCommand to_destination;
    to_destination.subject = request->destination;
    const PublishVerdict verdict = judge_publish(to_destination);
    repeats_allowed_ = false;
    if (verdict != PublishVerdict::allowed) {
        refuse_publish(verdict, to_destination);
        return true;
    }
    TraceRecorder recorder(*grant_.account, std::move(*request), command.body.size());
    recorder.received(id(), outbound().peer_name(), command.subject);
    route_traced(command, recorder);
    publish_trace(recorder);
    return true;
}

// As on_publish(), with a note of each step.
void Session::route_traced(const PublishCommand& command, TraceRecorder& recorder) {
    const PublishCommand& published = mappings_ == nullptr ? command : map_publish(command);
    if (published.subject.empty()) {
        recorder.mapped(command.subject);
    } else if (published.subject.data() != command.subject.data()) {
        recorder.mapped(published.subject);  // maybe to itself
    }
    if (!published.subject.empty()) {
        const PublishVerdict verdict = judge_publish(published);
        repeats_allowed_ = false;
        if (verdict != PublishVerdict::allowed) {
            recorder.refused(text_of_error(refuse_publish(verdict, published)));
            return;
        }
    }
    if (places_) throttle();
    send_ok();
    const Origin origin{grant_.account, this, id(), echo_, nullptr, &recorder};
    const size_t receivers = loop().lane().publish_traced(*grant_.account, published, origin);
    loop().commit_at_turn_end();
    if (receivers == 0 && no_responders_ && !published.reply.empty())
        answer_no_responders(published);
}

void Session::publish_trace(const TraceRecorder& recorder) {
    const std::string json = to_json(recorder.trace(), server().events.stamp());
    PublishCommand event;
    event.subject = recorder.destination();
    event.body = json;
    loop().lane().publish(*grant_.account, event, Origin{grant_.account, nullptr, 0, true});
    loop().commit_at_turn_end();
}

}  // namespace midge
