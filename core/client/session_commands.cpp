// Session: PUB, HPUB, SUB, UNSUB (spec client-protocol.md 5 and 7).
#include "client/session.h"
#include "subject/subject.h"

namespace midge {
namespace {

// Subjects of the server's own between gateways and raft groups: no client publishes there.
bool is_reserved_subject(std::string_view subject) {
    return subject.starts_with("_GR_.") || subject.starts_with("$GR.") ||
           subject.starts_with("$NRG.");
}

bool is_reserved_reply(std::string_view reply) {
    return reply.starts_with("_R_.") || reply.starts_with("$JS.ACK.") ||
           reply.starts_with("_GR_.") || reply.starts_with("$GR");
}

}  // namespace

bool Session::on_publish(const PublishCommand& command) {
    ++received_messages_;
    received_bytes_ += command.body.size();
    if (loop().lane().tracing()) [[unlikely]]
        trace_publish(command);
    if (command.has_header && publish_traced(command)) return !stopped();
    const PublishCommand* published = &command;
    if (!(command.repeated && repeats_allowed_)) {
        published = publishable(command);
        if (published == nullptr) return true;
    }
    send_ok();
    const Origin origin{grant_.account, this, id(), echo_};
    const size_t receivers = loop().lane().publish(*grant_.account, *published, origin);
    loop().commit_at_turn_end();
    if (receivers == 0 && no_responders_ && !published->reply.empty())
        answer_no_responders(*published);
    return !stopped();
}

const PublishCommand* Session::publishable(const PublishCommand& command) {
    const PublishCommand& published = mappings_ == nullptr ? command : map_publish(command);
    if (!published.subject.empty()) {
        const PublishVerdict verdict = judge_publish(published);
        if (verdict != PublishVerdict::allowed) {
            refuse_publish(verdict, published);
            return nullptr;
        }
        if (mappings_ != nullptr) repeats_allowed_ = false;  // the next may go elsewhere
    }
    if (places_) [[unlikely]]
        throttle();
    return &published;
}

// Permissions are about the subject that a message is mapped to, as in nats-server.
const PublishCommand& Session::map_publish(const PublishCommand& command) {
    // Kept by the thread until its next message, so that none allocates for it.
    static thread_local std::string subject;
    static thread_local PublishCommand mapped;
    mapped = command;
    if (mappings_->map(command.subject, loop().lane().random(), subject)) {
        if (loop().lane().tracing())
            log(LogLevel::trace, "<<- [MAPPING {} -> {}]", command.subject, subject);
        mapped.subject = subject;
    }
    mapped.repeated = false;
    return mapped;
}

Session::PublishVerdict Session::judge_publish(const PublishCommand& command) {
    repeats_allowed_ = false;
    const char first = command.subject.front();
    if ((first == '_' || first == '$') && is_reserved_subject(command.subject) &&
        !grant_.account->is_system()) {
        return PublishVerdict::subject_denied;
    }
    if (grant_.permissions && !may_publish_to(command.subject))
        return PublishVerdict::subject_denied;
    if (!command.reply.empty() && is_reserved_reply(command.reply))
        return PublishVerdict::reply_denied;
    if (pedantic_ && !is_publishable(command.subject)) {
        send_error(err_line(WireError::invalid_publish_subject));
        return PublishVerdict::allowed;
    }
    // A permission to answer is used up by each message.
    repeats_allowed_ = !grant_.permissions || last_allowed_subject_ == command.subject;
    return PublishVerdict::allowed;
}

bool Session::may_publish_to(std::string_view subject) {
    if (!last_allowed_subject_.empty() && last_allowed_subject_ == subject) return true;
    if (grant_.permissions->may_publish(subject)) {
        last_allowed_subject_ = subject;
        return true;
    }
    return reply_permits_ && reply_permits_->use(subject);
}

std::string Session::refuse_publish(PublishVerdict verdict, const PublishCommand& command) {
    std::string line;
    if (verdict == PublishVerdict::reply_denied) {
        log(LogLevel::error, "Publish Violation - Reply {}", go_quote(command.reply));
        line = reply_violation_line(command.reply);
    } else {
        log(LogLevel::error, "Publish Violation - Subject {}", go_quote(command.subject));
        line = publish_violation_line(command.subject);
    }
    send_error(line);
    return line;
}

// Only a plain subscription of the publisher's own on the reply subject is answered (spec 5).
void Session::answer_no_responders(const PublishCommand& command) {
    const auto match = grant_.account->index().match(command.reply);
    for (const Ref<IndexEntry>& entry : match->plain) {
        if (static_cast<const Subscription&>(*entry).kind() != Subscription::Kind::client) continue;
        const auto& subscription = static_cast<const ClientSubscription&>(*entry);
        if (subscription.receiver().connection_id != id()) continue;
        const std::string& sid = subscription.sid();
        const std::string header =
            fmt::format("NATS/1.0 503\r\nNats-Subject: {}\r\n\r\n", command.subject);
        send(fmt::format("HMSG {} {} {} {}\r\n{}\r\n", command.reply, sid, header.size(),
                         header.size(), header));
        return;
    }
}

bool Session::on_subscribe(const SubscribeCommand& command) {
    if (loop().lane().tracing()) [[unlikely]] {
        const char* const between = command.queue.empty() ? "" : " ";
        trace_in("SUB",
                 fmt::format("{}{}{} {}", command.subject, between, command.queue, command.sid));
    }
    if (add_subscription(command)) send_ok();
    return !closed();
}

// What is wrong is found in the order of nats-server, so that clients see the same error.
bool Session::add_subscription(const SubscribeCommand& command) {
    const SubscribeVerdict verdict = judge_subscribe(command.subject, command.queue);
    if (verdict != SubscribeVerdict::allowed && grant_.permissions)
        note_other_verdict(command, verdict);
    if (verdict == SubscribeVerdict::denied || !has_room_for_subscription(command)) {
        if (verdict == SubscribeVerdict::denied) refuse_subscription(command);
        return false;
    }
    // The client may have had the last delivery before the loop hears of it.
    subscriptions_.drop_spent(command.sid);
    if (subscriptions_.find(command.sid) != nullptr) return true;
    if (!is_subscribable(command.subject)) {
        send_error(err_line(WireError::invalid_subject));
        return false;
    }
    subscriptions_.add(make_ref<ClientSubscription>(std::string(command.subject),
                                                    std::string(command.queue),
                                                    std::string(command.sid), receiver(verdict)));
    return true;
}

void Session::refuse_subscription(const SubscribeCommand& command) {
    const std::string queue =
        command.queue.empty() ? std::string() : ", Queue: " + go_quote(command.queue);
    log(LogLevel::error, "Subscription Violation - Subject {}{}, SID {}", go_quote(command.subject),
        queue, command.sid);
    send_error(subscribe_violation_line(command.subject, command.queue));
}

// Who comes from nats-server may wonder.
void Session::note_other_verdict(const SubscribeCommand& command, SubscribeVerdict verdict) {
    if (!grant_.permissions->is_judged_otherwise(command.subject, verdict)) return;
    if (verdict == SubscribeVerdict::denied) {
        log(LogLevel::warn,
            "{} is wider than what is allowed; nats-server takes \">\" for a token that \"*\" "
            "covers",
            go_quote(command.subject));
    } else {
        log(LogLevel::warn, "{} is taken without what is denied; nats-server refuses it",
            go_quote(command.subject));
    }
}

bool Session::has_room_for_subscription(const SubscribeCommand& command) {
    const int tokens_max = loop().settings().options.subscription_tokens_max;
    if (tokens_max > 0 && count_tokens(command.subject) > static_cast<size_t>(tokens_max)) {
        log(LogLevel::error, "Subscription Violation Too Many Tokens - Subject {}, SID {}",
            go_quote(command.subject), command.sid);
        send_error(too_many_tokens_line(command.subject));
        return false;
    }
    if (static_cast<int64_t>(subscriptions_.size()) < subscriptions_max_) return true;
    if (grant_.account->may_log_limit(Reactor::Clock::now()))
        log(LogLevel::error, "{}", wire_text(WireError::maximum_subscriptions_exceeded));
    send_error(err_line(WireError::maximum_subscriptions_exceeded));
    return false;
}

bool Session::on_unsubscribe(std::string_view sid, int64_t max) {
    if (loop().lane().tracing()) [[unlikely]] {
        trace_in("UNSUB", max > 0 ? fmt::format("{} {}", sid, max) : std::string(sid));
    }
    if (ClientSubscription* const found = subscriptions_.find(sid)) {
        // Once spent it stays so, though the loop may not have heard of it yet.
        const bool stays =
            max > 0 && !found->spent() && found->end_after(static_cast<uint64_t>(max));
        if (!stays) subscriptions_.drop(sid);
    }
    send_ok();
    return !closed();
}

}  // namespace midge
