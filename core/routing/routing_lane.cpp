#include "routing/routing_lane.h"

#include <sodium.h>

#include <array>
#include <charconv>
#include <cstring>

#include "routing/publisher.h"
#include "routing/trace_recorder.h"
#include "routing/traced_payload.h"

namespace midge {
namespace {

constexpr size_t number_digits_max = 20;
// Below this size a copy needs no more memory than two references and the bytes before the sid.
constexpr size_t reference_bytes_min = 128;
constexpr size_t commits_per_pending_max = 16;

void append_number(std::string& out, size_t number) {
    char digits[number_digits_max];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

char* put(char* at, std::string_view bytes) noexcept {
    if (bytes.empty()) return at;  // they may be at no address
    std::memcpy(at, bytes.data(), bytes.size());
    return at + bytes.size();
}

// Copies the first and the last `half` bytes, which overlap if `size` is less than twice `half`.
// The sizes are constants, which makes it fast.
template <size_t half>
void put_halves(char* at, const char* from, size_t size) noexcept {
    std::memcpy(at, from, half);
    std::memcpy(at + size - half, from + size - half, half);
}

// For subjects and sids: most are so short that a call of memcpy would cost more than the copy.
char* put_short(char* at, std::string_view bytes) noexcept {
    const size_t size = bytes.size();
    if (size > 32) return put(at, bytes);
    if (size >= 16) {
        put_halves<16>(at, bytes.data(), size);
    } else if (size >= 8) {
        put_halves<8>(at, bytes.data(), size);
    } else if (size >= 4) {
        put_halves<4>(at, bytes.data(), size);
    } else if (size >= 2) {
        put_halves<2>(at, bytes.data(), size);
    } else if (size == 1) {
        *at = bytes.front();
    }
    return at + size;
}

}  // namespace

RoutingLane::RoutingLane(unsigned index, unsigned lanes, Logger& log)
    : outbound_(index), matches_(match_bytes_max / lanes), log_(log) {
    randombytes_buf(&random_state_, sizeof random_state_);
    random_state_ |= 1;  // xorshift must not start at zero
}

uint32_t RoutingLane::random() noexcept {
    random_state_ ^= random_state_ << 13;
    random_state_ ^= random_state_ >> 7;
    random_state_ ^= random_state_ << 17;
    return static_cast<uint32_t>(random_state_ >> 32);
}

void RoutingLane::set_options(const Options& options) {
    trace_options_ = options.log;
    tracing_ = options.log.trace;
    slow_consumers_ = options.slow_consumers;
    // The queue length of a receiver is known from the last commit. Commits must be frequent
    // compared to the queue limit for this to be accurate.
    outbound_.set_staged_bytes_max(static_cast<size_t>(options.pending_bytes_max) /
                                   commits_per_pending_max);
}

void RoutingLane::forget_message() noexcept {
    shared_body_ = {};
    forwarders_.clear();
}

size_t RoutingLane::publish(Account& account, const PublishCommand& message, const Origin& origin) {
    AccountLane& lane = account.lane(outbound_.index());
    if (origin.publisher != nullptr) lane.count_received(message.body.size());
    return route(account, lane, message, origin, false);
}

size_t RoutingLane::publish_traced(Account& account, const PublishCommand& message,
                                   const Origin& origin) {
    AccountLane& lane = account.lane(outbound_.index());
    lane.count_received(message.body.size());
    return route(account, lane, message, origin, true);
}

size_t RoutingLane::forward(Account& account, const PublishCommand& message, const Origin& origin) {
    AccountLane& lane = account.lane(outbound_.index());
    return route(account, lane, message, origin, origin.trace != nullptr);
}

[[gnu::always_inline]] inline size_t RoutingLane::route(Account& account, AccountLane& lane,
                                                        const PublishCommand& message,
                                                        const Origin& origin, bool traced) {
    const MatchResult& match = lane.matches.find(matches_, account.index(), message.subject);
    if (match.empty()) return 0;
    plain_.made = headed_.made = false;
    size_t receivers = 0;
    counted_elsewhere_ = 0;
    if (traced) [[unlikely]] {
        receivers = deliver_all_traced(match, message, origin);
    } else {
        for (const Ref<IndexEntry>& entry : match.plain) {
            if (deliver(static_cast<Subscription&>(*entry), message, origin)) ++receivers;
        }
        if (!match.only_plain) receivers += deliver_to_others(match, message, origin);
    }
    if (shared_body_) shared_body_ = {};
    if (receivers > counted_elsewhere_)
        lane.count_sent(receivers - counted_elsewhere_, message.body.size());
    if (!forwarders_.empty()) [[unlikely]]
        receivers += pass_on(message, origin);
    if (outbound_.should_commit_early()) outbound_.commit();
    return receivers;
}

size_t RoutingLane::deliver_to_others(const MatchResult& match, const PublishCommand& message,
                                      const Origin& origin) {
    size_t receivers = 0;
    for (const Ref<QueueGroup>& group : match.queues) {
        if (deliver_to_group(*group, message, origin)) ++receivers;
    }
    for (const Ref<MatchTarget>& target : match.targets) {
        if (deliver_to_link(static_cast<LinkTarget&>(*target), message, origin, {})) ++receivers;
    }
    return receivers;
}

// Links count their messages themselves.
bool RoutingLane::deliver_to_link(LinkTarget& target, const PublishCommand& message,
                                  const Origin& origin, std::string_view queue) {
    if (!target.deliver(*this, message, origin, queue)) return false;
    ++counted_elsewhere_;
    return true;
}

[[gnu::noinline]] size_t RoutingLane::pass_on(const PublishCommand& message, const Origin& origin) {
    const auto forwarders = std::exchange(forwarders_, {});
    size_t receivers = 0;
    for (const Ref<ForwardedSubscription>& subscription : forwarders) {
        if (subscription->forwarder().forward(*this, message, origin)) ++receivers;
    }
    return receivers;
}

bool RoutingLane::deliver_to_group(const QueueGroup& group, const PublishCommand& message,
                                   const Origin& origin) {
    const size_t members = group.members.size();
    const size_t start = members == 1 ? 0 : random() % members;
    for (size_t i = 0; i < members; ++i) {
        const size_t at = start + i < members ? start + i : start + i - members;
        if (deliver(static_cast<Subscription&>(*group.members[at]), message, origin)) return true;
    }
    return false;
}

bool RoutingLane::deliver(Subscription& subscription, const PublishCommand& message,
                          const Origin& origin) {
    if (subscription.kind() != Subscription::Kind::client) [[unlikely]]
        return deliver_otherwise(subscription, message, origin);
    return deliver_to_client(static_cast<ClientSubscription&>(subscription), message, origin);
}

bool RoutingLane::deliver_otherwise(Subscription& subscription, const PublishCommand& message,
                                    const Origin& origin) {
    switch (subscription.kind()) {
        case Subscription::Kind::client:
            break;
        case Subscription::Kind::import:
            return deliver_imported(static_cast<ClientSubscription&>(subscription), message,
                                    origin);
        case Subscription::Kind::service:
            if (origin.publisher == nullptr) return false;  // the server does not answer itself
            static_cast<ServiceSubscription&>(subscription).receiver().on_message(message, origin);
            ++counted_elsewhere_;
            return true;
        case Subscription::Kind::forward:
            forwarders_.emplace_back(&static_cast<ForwardedSubscription&>(subscription));
            return false;  // counted when it has passed the message on
        case Subscription::Kind::link:
            return deliver_to_link(*static_cast<LinkSubscription&>(subscription).target(), message,
                                   origin, subscription.queue());
    }
    return deliver_to_client(static_cast<ClientSubscription&>(subscription), message, origin);
}

bool RoutingLane::deliver_imported(ClientSubscription& subscription, const PublishCommand& message,
                                   const Origin& origin) {
    const StreamImport& import = *subscription.import();
    PublishCommand local = message;
    local.subject = import.subjects.local_subject(message.subject, local_subject_);
    if (!deliver_to_client(subscription, local, origin)) return false;
    import.importer.lane(outbound_.index()).count_sent(1, message.body.size());
    ++counted_elsewhere_;
    return true;
}

// Like the loops of route(), and records each receiver.
[[gnu::cold]] size_t RoutingLane::deliver_all_traced(const MatchResult& match,
                                                     const PublishCommand& message,
                                                     const Origin& origin) {
    size_t receivers = 0;
    for (const Ref<IndexEntry>& entry : match.plain) {
        if (deliver_traced(static_cast<Subscription&>(*entry), message, origin)) ++receivers;
    }
    for (const Ref<QueueGroup>& group : match.queues) {
        const size_t members = group->members.size();
        const size_t start = random() % members;
        for (size_t i = 0; i < members; ++i) {
            auto& member = static_cast<Subscription&>(*group->members[(start + i) % members]);
            if (deliver_traced(member, message, origin)) {
                ++receivers;
                break;
            }
        }
    }
    for (const Ref<MatchTarget>& target : match.targets) {
        if (deliver_to_link(static_cast<LinkTarget&>(*target), message, origin, {})) ++receivers;
    }
    if (origin.trace->only()) counted_elsewhere_ = receivers;  // nothing was sent
    return receivers;
}

bool RoutingLane::deliver_traced(Subscription& subscription, const PublishCommand& message,
                                 const Origin& origin) {
    const Subscription::Kind kind = subscription.kind();
    if (kind == Subscription::Kind::client || kind == Subscription::Kind::import) {
        return deliver_traced_to_client(static_cast<ClientSubscription&>(subscription), message,
                                        origin);
    }
    // Imports record themselves, and other servers continue the trace. The server's own receivers
    // must not get a message that is only traced.
    const bool lost = origin.trace->only() && kind == Subscription::Kind::service;
    return !lost && deliver_otherwise(subscription, message, origin);
}

bool RoutingLane::deliver_traced_to_client(ClientSubscription& subscription,
                                           const PublishCommand& message, const Origin& origin) {
    TraceRecorder& trace = *origin.trace;
    const StreamImport* const import = subscription.import();
    const Account& account = import != nullptr ? import->importer : *origin.account;
    std::string memory;
    std::string_view subject = message.subject;  // subject that the receiver sees
    if (import != nullptr) {
        subject = import->subjects.local_subject(message.subject, memory);
        trace.exported(account, subject);
        if (!import->allow_trace)
            return !trace.only() && deliver_otherwise(subscription, message, origin);
    }
    if (const auto why = obstacle(subscription, subject, origin)) {
        trace.not_delivered(subscription, account, *why);
        return false;
    }
    if (!trace.only() && !deliver(subscription, message, origin)) {
        const bool spent = subscription.receiver().target->uptake() == Uptake::prompt;
        trace.not_delivered(subscription, account,
                            spent ? NotDelivered::unsubscribed : NotDelivered::slow);
        return false;
    }
    trace.delivered(subscription, account);
    return true;
}

// Returns why the receiver cannot get the message; the same conditions as in deliver_to_client().
std::optional<NotDelivered> RoutingLane::obstacle(const ClientSubscription& subscription,
                                                  std::string_view subject, const Origin& origin) {
    const ClientSubscription::Receiver& client = subscription.receiver();
    if (client.target->closed()) return NotDelivered::closed;
    if (!origin.echo && client.connection_id == origin.connection_id) return NotDelivered::no_echo;
    if (client.filter && !client.filter->may_deliver(subject, subscription.queue()))
        return NotDelivered::denied;
    return std::nullopt;
}

inline bool RoutingLane::deliver_to_client(ClientSubscription& subscription,
                                           const PublishCommand& message, const Origin& origin) {
    const ClientSubscription::Receiver& client = subscription.receiver();
    Outbound& target = *client.target;
    const Uptake uptake = target.uptake();
    if (uptake != Uptake::prompt && !deliver_to(uptake, origin)) [[unlikely]]
        return false;
    if (!origin.echo && client.connection_id == origin.connection_id) return false;
    if (client.filter && !client.filter->may_deliver(message.subject, subscription.queue()))
        return false;
    if (!subscription.take_delivery()) return false;
    if (client.reply_permits && !message.reply.empty()) client.reply_permits->grant(message.reply);
    Framing& lines = framing(message, message.has_header && client.headers);
    if (tracing_) [[unlikely]]
        trace(subscription, message, lines);
    Staged& staged = outbound_.stage(target);
    DeliveryLane::count_message(staged, lines.body.size());
    if (uptake == Uptake::prompt) [[likely]] {
        stage(staged, message.subject, lines, subscription.sid());
    } else {
        stage_slow(staged, message.subject, lines, subscription.sid());
        hold_back(target, origin);
    }
    return true;
}

// Slow clients slow down only publishers outside the system account, and only messages of these are
// dropped.
[[gnu::noinline]] bool RoutingLane::deliver_to(Uptake uptake, const Origin& origin) {
    if (uptake == Uptake::closed) return false;
    if (uptake != Uptake::stuck || slow_consumers_ == SlowConsumerPolicy::wait) return true;
    if (!may_wait(origin)) return true;
    if (slow_consumers_ == SlowConsumerPolicy::drop) return false;
    origin.publisher->stall();
    return true;
}

bool RoutingLane::may_wait(const Origin& origin) {
    return origin.publisher != nullptr && !origin.account->is_system();
}

[[gnu::noinline]] void RoutingLane::hold_back(Outbound& target, const Origin& origin) {
    if (slow_consumers_ == SlowConsumerPolicy::wait && target.wants_room() && may_wait(origin))
        origin.publisher->wait_for_room(target);
}

RoutingLane::Framing& RoutingLane::framing(const PublishCommand& message, bool with_header) {
    Framing& framing = with_header ? headed_ : plain_;
    if (framing.made) return framing;
    framing.made = true;
    framing.kept = {};
    framing.operation = with_header ? "HMSG " : "MSG ";
    const bool stripped = message.has_header && !with_header;
    framing.body = stripped ? message.body.substr(message.header_bytes) : message.body;
    if (!stripped && !message.rest.empty()) {
        framing.rest = message.rest;
        framing.line =
            message.rest.substr(0, static_cast<size_t>(message.body.data() - message.rest.data()));
        return framing;
    }
    std::string& line = with_header ? headed_line_ : plain_line_;
    write_line(message, with_header, framing.body.size(), line);
    framing.line = line;
    framing.rest = {};
    return framing;
}

void RoutingLane::write_line(const PublishCommand& message, bool with_header, size_t body_bytes,
                             std::string& out) const {
    out.assign(1, ' ');
    if (!message.reply.empty()) out.append(message.reply).push_back(' ');
    if (with_header) {
        append_number(out, message.header_bytes);
        out.push_back(' ');
    }
    const bool as_written = !message.size_text.empty() && body_bytes == message.body.size();
    if (as_written) {
        out.append(message.size_text);
    } else {
        append_number(out, body_bytes);
    }
    out.append("\r\n");
}

void RoutingLane::trace(const ClientSubscription& subscription, const PublishCommand& message,
                        const Framing& framing) const {
    const std::string receiver = subscription.receiver().target->log_prefix();
    const uint64_t connection = subscription.receiver().connection_id;
    log_.log_with(LogLevel::trace, {{"cid", connection}}, "{}->> [{}{} {}{}]", receiver,
                  framing.operation, message.subject, subscription.sid(),
                  framing.line.substr(0, framing.line.size() - 2));
    const size_t header_bytes =
        framing.body.size() == message.body.size() ? message.header_bytes : 0;
    const std::string payload = traced_payload(trace_options_, framing.body, header_bytes);
    if (payload.empty()) return;
    log_.log_with(LogLevel::trace, {{"cid", connection}}, "{}->> {}", receiver, payload);
}

// Returns the number of bytes that a receiver gets for a message.
size_t RoutingLane::size_of(std::string_view subject, const Framing& framing,
                            std::string_view sid) noexcept {
    return framing.operation.size() + subject.size() + 1 + sid.size() + framing.line.size() +
           framing.body.size() + 2;
}

void RoutingLane::stage(Staged& staged, std::string_view subject, const Framing& framing,
                        std::string_view sid) {
    const size_t size = size_of(subject, framing, sid);
    if (size > ChunkPool::chunk_bytes) {
        stage_large(staged, subject, framing, sid);
        return;
    }
    char* at = outbound_.append_space(staged, size);
    at = put_short(at, framing.operation);
    at = put_short(at, subject);
    *at++ = ' ';
    at = put_short(at, sid);
    if (!framing.rest.empty()) {
        put(at, framing.rest);
    } else {
        at = put(at, framing.line);
        at = put(at, framing.body);
        put(at, "\r\n");
    }
    outbound_.append_done(staged, size);
}

// All slow receivers together need the memory of one copy.
[[gnu::noinline]] void RoutingLane::stage_slow(Staged& staged, std::string_view subject,
                                               Framing& framing, std::string_view sid) {
    const std::array head{framing.operation, subject, std::string_view(" "), sid};
    const std::array rest{framing.line, framing.body, std::string_view("\r\n")};
    if (framing.body.size() < reference_bytes_min) {
        for (const std::string_view piece : head) outbound_.append(staged, piece);
        for (const std::string_view piece : rest) outbound_.append(staged, piece);
    } else if (size_of(subject, framing, sid) > ChunkPool::chunk_bytes) {
        stage_large(staged, subject, framing, sid);
    } else {
        outbound_.append_references(staged, head, rest, framing.kept);
    }
}

// The body is copied once for all receivers that get the same form.
void RoutingLane::stage_large(Staged& staged, std::string_view subject, const Framing& framing,
                              std::string_view sid) {
    outbound_.append(staged, framing.operation);
    outbound_.append(staged, subject);
    outbound_.append(staged, " ");
    outbound_.append(staged, sid);
    outbound_.append(staged, framing.line);
    const std::string_view body = framing.body;
    if (!shared_body_ || shared_body_->bytes().size() != body.size() + 2) {
        std::string bytes;
        bytes.reserve(body.size() + 2);
        bytes.append(body).append("\r\n");
        shared_body_ = make_ref<const SharedBytes>(std::move(bytes));
    }
    outbound_.append_shared(staged, shared_body_);
}

}  // namespace midge
