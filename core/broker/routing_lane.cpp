#include "broker/routing_lane.h"

#include <sodium.h>

#include <charconv>
#include <cstring>


namespace midge {
namespace {

constexpr size_t number_digits_max = 20;

void append_number(std::string& out, size_t number) {
    char digits[number_digits_max];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

char* put(char* at, std::string_view bytes) noexcept {
    std::memcpy(at, bytes.data(), bytes.size());
    return at + bytes.size();
}

}  // namespace

RoutingLane::RoutingLane(unsigned index, Logger& log) : outbound_(index), log_(log) {
    randombytes_buf(&random_state_, sizeof random_state_);
    random_state_ |= 1;  // xorshift must not start at zero
}

uint32_t RoutingLane::random() noexcept {
    random_state_ ^= random_state_ << 13;
    random_state_ ^= random_state_ >> 7;
    random_state_ ^= random_state_ << 17;
    return static_cast<uint32_t>(random_state_ >> 32);
}

size_t RoutingLane::publish(Account& account, const RoutedMessage& message, const Origin& origin) {
    AccountLane& lane = account.lane(outbound_.index());
    if (origin.session != nullptr) lane.count_received(message.body.size());
    const MatchResult& match = lane.matches.find(account.index(), message.subject);
    if (match.empty()) return 0;
    plain_.made = headed_.made = false;
    size_t receivers = 0;
    to_server_ = 0;
    for (const Ref<IndexEntry>& entry : match.plain) {
        if (deliver(static_cast<Subscription&>(*entry), message, origin)) ++receivers;
    }
    for (const QueueGroup& group : match.queues) {
        if (deliver_to_group(group, message, origin)) ++receivers;
    }
    shared_body_ = {};
    if (receivers > to_server_) lane.count_sent(receivers - to_server_, message.body.size());
    if (outbound_.should_commit_early()) outbound_.commit();
    return receivers;
}

bool RoutingLane::deliver_to_group(const QueueGroup& group, const RoutedMessage& message, const Origin& origin) {
    const size_t members = group.members.size();
    const size_t start = members == 1 ? 0 : random() % members;
    for (size_t i = 0; i < members; ++i) {
        const size_t at = start + i < members ? start + i : start + i - members;
        if (deliver(static_cast<Subscription&>(*group.members[at]), message, origin)) return true;
    }
    return false;
}

bool RoutingLane::deliver(Subscription& subscription, const RoutedMessage& message, const Origin& origin) {
    if (InternalReceiver* const receiver = subscription.receiver()) {
        if (origin.session == nullptr) return false;  // the server does not answer itself
        receiver->on_message(message, origin);
        ++to_server_;
        return true;
    }
    const Subscription::ForClient& client = subscription.client();
    Outbound& target = *client.target;
    if (target.closed()) return false;
    if (!origin.echo && client.connection_id == origin.connection_id) return false;
    if (client.filter && !client.filter->may_deliver(message.subject, subscription.queue())) return false;
    if (!subscription.take_delivery()) return false;
    if (client.reply_permits && !message.reply.empty()) client.reply_permits->grant(message.reply);
    const bool with_header = message.has_header && client.headers;
    const std::string_view body =
        message.has_header && !with_header ? message.body.substr(message.header_bytes) : message.body;
    const Framing& lines = framing(message, with_header);
    if (tracing_) [[unlikely]] trace(subscription, lines);
    stage(target, lines, subscription.sid(), body);
    outbound_.count_message(target, body.size());
    return true;
}

const RoutingLane::Framing& RoutingLane::framing(const RoutedMessage& message, bool with_header) {
    Framing& framing = with_header ? headed_ : plain_;
    if (framing.made) return framing;
    framing.made = true;
    framing.head.assign(with_header ? "HMSG " : "MSG ").append(message.subject).push_back(' ');
    framing.tail.assign(1, ' ');
    if (!message.reply.empty()) framing.tail.append(message.reply).push_back(' ');
    if (with_header) {
        append_number(framing.tail, message.header_bytes);
        framing.tail.push_back(' ');
    }
    if (message.has_header && !with_header) {
        append_number(framing.tail, message.body.size() - message.header_bytes);
    } else if (message.size_text.empty()) {
        append_number(framing.tail, message.body.size());
    } else {
        framing.tail.append(message.size_text);
    }
    framing.tail.append("\r\n");
    return framing;
}

void RoutingLane::trace(const Subscription& subscription, const Framing& framing) const {
    log_.trace("cid:{} - ->> [{}{}{}]", subscription.client().connection_id, framing.head, subscription.sid(),
               std::string_view(framing.tail).substr(0, framing.tail.size() - 2));
}

void RoutingLane::stage(Outbound& target, const Framing& framing, std::string_view sid, std::string_view body) {
    const size_t size = framing.head.size() + sid.size() + framing.tail.size() + body.size() + 2;
    if (size > ChunkPool::chunk_bytes) {
        stage_large(target, framing, sid, body);
        return;
    }
    char* at = outbound_.append_space(target, size);
    at = put(at, framing.head);
    at = put(at, sid);
    at = put(at, framing.tail);
    at = put(at, body);
    put(at, "\r\n");
    outbound_.append_done(target, size);
}

// The body is copied once for all receivers of the same form.
void RoutingLane::stage_large(Outbound& target, const Framing& framing, std::string_view sid, std::string_view body) {
    outbound_.append(target, framing.head);
    outbound_.append(target, sid);
    outbound_.append(target, framing.tail);
    if (!shared_body_ || shared_body_->bytes().size() != body.size() + 2) {
        std::string bytes;
        bytes.reserve(body.size() + 2);
        bytes.append(body).append("\r\n");
        shared_body_ = make_ref<const SharedBytes>(std::move(bytes));
    }
    outbound_.append_shared(target, shared_body_);
}

}  // namespace midge
