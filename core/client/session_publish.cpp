// Session: PUB and HPUB (docs/protocol/client-protocol.md, Commands, Delivery).
#include "client/publishing.h"
#include "client/session.h"

namespace midge {

bool Session::on_publish(const PublishCommand& command) {
    ++client_.received_messages;
    client_.received_bytes += command.body.size();
    if (loop().lane().tracing()) [[unlikely]]
        trace_publish(*this, command);
    if (command.has_header && publish_traced(command)) return !stopped();
    const PublishCommand* published = &command;
    if (!(command.repeated && client_.publish_rules.allow_repeats())) {
        published = publishable(command);
        if (published == nullptr) return true;
    }
    send_ok(*this, client_.connect);
    const Origin origin{client_.grant.account, this, id(), client_.connect.echo};
    const size_t receivers = loop().lane().publish(*client_.grant.account, *published, origin);
    loop().commit_at_turn_end();
    if (receivers == 0 && client_.connect.no_responders && !published->reply.empty())
        answer_no_responders(*published);
    return !stopped();
}

const PublishCommand* Session::publishable(const PublishCommand& command) {
    PublishRules& rules = client_.publish_rules;
    const PublishCommand& published = rules.maps() ? mapped(command) : command;
    if (!published.subject.empty()) {
        const PublishVerdict verdict = judge(published);
        if (verdict != PublishVerdict::allowed) {
            refuse_publish(*this, client_, verdict, published);
            return nullptr;
        }
        if (rules.maps()) rules.check_next();  // the next may go elsewhere
    }
    if (client_.places.any()) [[unlikely]]
        throttle();
    return &published;
}

const PublishCommand& Session::mapped(const PublishCommand& command) {
    const PublishCommand& mapped = client_.publish_rules.map(command, loop().lane().random());
    if (loop().lane().tracing() && mapped.subject.data() != command.subject.data())
        log(LogLevel::trace, "<<- [MAPPING {} -> {}]", command.subject, mapped.subject);
    return mapped;
}

PublishVerdict Session::judge(const PublishCommand& command) {
    const PublishVerdict verdict =
        client_.publish_rules.judge(command, client_.grant, client_.connect.pedantic);
    if (verdict != PublishVerdict::subject_invalid) return verdict;
    send_error(err_line(WireError::invalid_publish_subject));
    return PublishVerdict::allowed;
}

// The message goes its way; what the client has sent behind it waits until the rate allows it.
void Session::throttle() {
    client_.publish_rules.check_next();
    const auto silence = client_.places.take_message(loop().settings().options.client_limits,
                                                     loop().reactor().now());
    if (silence.count() != 0) pause_.begin(silence);
}

// Only a plain subscription of the publisher's own on the reply subject is answered.
void Session::answer_no_responders(const PublishCommand& command) {
    const auto match = client_.grant.account->index().match(command.reply);
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

}  // namespace midge
