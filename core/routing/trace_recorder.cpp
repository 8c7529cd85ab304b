#include "routing/trace_recorder.h"

namespace midge {
namespace {

std::string_view text(NotDelivered why) {
    switch (why) {
        case NotDelivered::no_echo:
            return "Not delivered because of no echo";
        case NotDelivered::denied:
            return "Not delivered because subscription denies this subject";
        case NotDelivered::unsubscribed:
            return "Not delivered because auto-unsubscribe exceeded";
        case NotDelivered::closed:
            return "Not delivered because client is closed";
        case NotDelivered::slow:
            return "Not delivered because fast producer not stalled and consumer is slow";
    }
    return {};
}

}  // namespace

TraceRecorder::TraceRecorder(const Account& publisher, TraceRequest request, size_t message_bytes)
    : publisher_(publisher), destination_(std::move(request.destination)), only_(request.only) {
    trace_.header = std::move(request.header);
    trace_.bytes = message_bytes;
}

TraceStep* TraceRecorder::add(TraceStepType type) {
    if (trace_.steps.size() == steps_max) {
        ++trace_.omitted;
        return nullptr;
    }
    TraceStep& step = trace_.steps.emplace_back();
    step.type = type;
    step.at = wall_now();
    return &step;
}

void TraceRecorder::received(uint64_t connection_id, const std::string& client_name,
                             std::string_view subject) {
    if (TraceStep* const step = add(TraceStepType::ingress)) {
        step->connection_id = connection_id;
        step->client_name = client_name;
        step->account = publisher_.name();
        step->subject = subject;
    }
}

void TraceRecorder::mapped(std::string_view to) {
    if (TraceStep* const step = add(TraceStepType::subject_mapping)) step->to = to;
}

void TraceRecorder::exported(const Account& to_account, std::string_view to) {
    if (TraceStep* const step = add(TraceStepType::stream_export)) {
        step->account = to_account.name();
        step->to = to;
    }
}

void TraceRecorder::requested(const Account& of_account, std::string_view from,
                              std::string_view to) {
    if (TraceStep* const step = add(TraceStepType::service_import)) {
        step->account = of_account.name();
        step->subject = from;
        step->to = to;
    }
}

void TraceRecorder::delivered(const ClientSubscription& subscription, const Account& account) {
    egress(subscription, account, {});
}

void TraceRecorder::not_delivered(const ClientSubscription& subscription, const Account& account,
                                  NotDelivered why) {
    egress(subscription, account, text(why));
}

void TraceRecorder::egress(const ClientSubscription& subscription, const Account& account,
                           std::string_view error) {
    TraceStep* const step = add(TraceStepType::egress);
    if (step == nullptr) return;
    step->connection_id = subscription.receiver().connection_id;
    step->client_name = subscription.receiver().target->peer_name();
    if (&account != &publisher_) step->account = account.name();
    step->subject = subscription.subject();
    step->queue = subscription.queue();
    step->error = error;
}

}  // namespace midge
