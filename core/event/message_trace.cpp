#include "event/message_trace.h"

namespace midge {
namespace {

constexpr int client_kind = 0;

void write_client(JsonWriter& out, const TraceStep& step) {
    out.field("kind", client_kind).field("cid", step.connection_id);
    out.field_oe("name", step.client_name);
}

void write_step(JsonWriter& out, const TraceStep& step) {
    const auto begin = [&](std::string_view type) {
        out.begin_object().field("type", type).field("ts", rfc3339_nano(step.at));
    };
    switch (step.type) {
        case TraceStepType::ingress:
            begin("in");
            write_client(out, step);
            out.field("acc", step.account).field("subj", step.subject);
            out.field_oe("error", step.error);
            break;
        case TraceStepType::subject_mapping:
            begin("sm");
            out.field("to", step.to);
            break;
        case TraceStepType::stream_export:
            begin("se");
            out.field("acc", step.account).field("to", step.to);
            break;
        case TraceStepType::service_import:
            begin("si");
            out.field("acc", step.account).field("from", step.subject).field("to", step.to);
            break;
        case TraceStepType::egress:
            begin("eg");
            write_client(out, step);
            out.field_oe("acc", step.account).field_oe("sub", step.subject);
            out.field_oe("queue", step.queue).field_oe("error", step.error);
            break;
    }
    out.end_object();
}

}  // namespace

std::string to_json(const MessageTrace& trace, const ServerInfo& server) {
    JsonWriter out;
    write_json(out.begin_object().key("server"), server);
    out.key("request").begin_object();
    if (!trace.header.empty()) write_json(out.key("header"), trace.header);
    if (trace.bytes != 0) out.field("msgsize", trace.bytes);
    out.end_object().key("events").begin_array();
    for (const TraceStep& step : trace.steps) write_step(out, step);
    out.end_array();
    if (trace.omitted != 0) out.field("omitted", trace.omitted);
    return out.end_object().take();
}

}  // namespace midge
