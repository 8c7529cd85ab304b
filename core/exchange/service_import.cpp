#include "exchange/service_import.h"

#include "base/json_writer.h"
#include "event/events.h"
#include "protocol/headers.h"
#include "routing/publisher.h"
#include "routing/routing_lane.h"
#include "routing/trace_recorder.h"
#include "routing/trace_request.h"

namespace midge {
namespace {

constexpr std::string_view request_info_header = "Nats-Request-Info";
// Acknowledgements go to the sender of the message in any account.
constexpr std::string_view acknowledgement_prefix = "$JS.ACK.";

}  // namespace

bool ServiceTerms::operator==(const ServiceTerms& other) const {
    return exporter == other.exporter && subjects.subject() == other.subjects.subject() &&
           subjects.destination() == other.subjects.destination() &&
           one_response == other.one_response && response_threshold == other.response_threshold &&
           share == other.share && latency == other.latency && allow_trace == other.allow_trace;
}

ServiceImport::ServiceImport(Account& importer, ServiceTerms terms, ServiceReplies& replies)
    : importer_(importer), terms_(std::move(terms)), replies_(replies) {}

bool ServiceImport::forward(RoutingLane& lane, const PublishCommand& message,
                            const Origin& origin) {
    if (!may_pass(origin.hop)) return false;
    const ServiceHop hop{this, origin.hop};
    Origin from{terms_.exporter, origin.publisher, origin.connection_id, origin.echo, &hop};

    PublishCommand request = message;
    request.rest = request.size_text = {};
    std::string subject, mapped;
    request.subject = terms_.subjects.requested_subject(message.subject, subject);
    const auto mappings = terms_.exporter->mappings();
    if (mappings && mappings->map(request.subject, lane.random(), mapped)) request.subject = mapped;

    if (origin.trace != nullptr) {
        origin.trace->requested(*terms_.exporter, message.subject, request.subject);
        if (terms_.allow_trace) from.trace = origin.trace;
        if (origin.trace->only())
            return terms_.allow_trace && lane.forward(*terms_.exporter, request, from) != 0;
    }

    std::string headed;
    std::shared_ptr<const TrackedRequest> tracked;
    if (origin.publisher != nullptr) {
        const std::string_view header = message.body.substr(0, message.header_bytes);
        const ClientInfo asks = requestor(from);
        if (terms_.latency) tracked = track(*terms_.latency, header, asks, lane.random());
        JsonWriter json;
        write_json(json, asks);
        headed = with_header(header, request_info_header, json.take());
        if (origin.trace != nullptr) {
            headed = with_header(headed, trace_destination_header,
                                 trace_destination(*origin.trace, header));
        }
        request.has_header = true;
        request.header_bytes = headed.size();
        request.body = headed.append(message.body.substr(message.header_bytes));
    }

    std::string reply;
    if (!message.reply.empty() && !message.reply.starts_with(acknowledgement_prefix)) {
        reply = replies_.open({&importer_, std::string(message.reply), terms_.one_response,
                               terms_.response_threshold, tracked});
        request.reply = reply;
    }
    const size_t receivers = lane.forward(*terms_.exporter, request, from);
    if (receivers == 0 && !reply.empty()) replies_.close(reply);
    if (tracked && message.reply.empty()) {
        replies_.report(failure(*tracked, LatencyStatus::bad_request), tracked->subject);
    } else if (tracked && receivers == 0) {
        replies_.report(failure(*tracked, LatencyStatus::service_unavailable), tracked->subject);
    }
    return receivers != 0;
}

// Traces of the service's handling of the request go to the client that asked for the trace.
std::string ServiceImport::trace_destination(const TraceRecorder& trace, std::string_view header) {
    if (!terms_.allow_trace) return std::string(trace_disabled);
    std::string asked = first_header(header, trace_destination_header);
    if (asked.empty()) asked = trace.destination();
    return replies_.open({.account = &importer_,
                          .subject = std::move(asked),
                          .once = false,
                          .threshold = terms_.response_threshold,
                          .traces_only = true});
}

// Prevents cycles, which the configuration allows for services that an account imports from itself.
bool ServiceImport::may_pass(const ServiceHop* hops) const {
    int count = 0;
    for (const ServiceHop* hop = hops; hop != nullptr; hop = hop->before) {
        if (hop->import == this || ++count == hops_max) return false;
    }
    return true;
}

// The import before this one decides what is shared about the requestor, if there is one.
ClientInfo ServiceImport::requestor(const Origin& origin) const {
    const ServiceHop* const before = origin.hop->before;
    const bool share = (before != nullptr ? before->import : this)->terms().share;
    ClientInfo info = origin.publisher->requestor_info(share);
    const bool shares_here = before != nullptr && terms_.share;
    if (!share && (shares_here || terms_.exporter->is_system())) {
        info.server = origin.publisher->server_name();
    }
    if (before != nullptr) info.service = importer_.name();
    return info;
}

}  // namespace midge
