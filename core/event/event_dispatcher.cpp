#include "event/event_dispatcher.h"

#include <cassert>
#include <utility>
#include <variant>

#include "event/subjects.h"

namespace midge {
namespace {

// The most messages that one event is sent as.
constexpr size_t messages_per_event_max = 2;

// An event that says who the client is.
template <class T>
concept NamesClient = requires(const T& event) {
    event.client.jwt;
};

}  // namespace

EventDispatcher::EventDispatcher(ServerStamp& server, size_t events_max) : server_(server) {
    messages_.reserve(events_max * messages_per_event_max);
}

void EventDispatcher::dispatch(std::span<const Event> events, SinkList sinks) {
    sinks_ = std::move(sinks);
    for (const Event& event : events) {
        std::visit([this](const auto& typed) { add(typed); }, event);
    }
    for (const auto& listed : sinks_) {
        if (!listed->batch.empty()) listed->sink->publish(listed->batch);
        listed->batch.clear();
    }
    messages_.clear();
    sinks_.clear();
}

void EventDispatcher::add(const ConnectEvent& event) {
    offer(connect_subject(event.client.account), event);
}

void EventDispatcher::add(const DisconnectEvent& event) {
    offer(disconnect_subject(event.client.account), event);
}

void EventDispatcher::add(const AuthErrorEvent& event) {
    offer(auth_error_subject(server_.id()), event);
}

void EventDispatcher::add(const AccountConnsEvent& event) {
    offer(account_conns_old_subject(event.stat.account), event);
    offer(account_conns_subject(event.stat.account), event);
}

void EventDispatcher::add(const StatszEvent& event) {
    offer(statsz_subject(server_.id()), event);
}

void EventDispatcher::add(const ShutdownEvent&) {
    offer(shutdown_subject(server_.id()));
}

void EventDispatcher::add(const LameDuckEvent&) {
    offer(lame_duck_subject(server_.id()));
}

void EventDispatcher::add(const ConfigReloadEvent& event) {
    offer(config_reload_subject(server_.id()), event);
}

void EventDispatcher::add(const SecurityEvent& event) {
    offer(security_event_subject(event.kind, server_.id()), event);
}

template <class... Part>
void EventDispatcher::offer(std::string subject, const Part&... event) {
    ++sequence_;
    bool jwts = false;
    bool hashes = false;
    for (const auto& listed : sinks_) {
        listed->wants = listed->sink->wants(subject);
        (listed->wants_jwts ? jwts : hashes) |= listed->wants;
    }
    if (!jwts && !hashes) return;
    make(std::move(subject), jwts, hashes, event...);
    const Message& made = messages_.back();
    for (const auto& listed : sinks_) {
        if (!listed->wants) continue;
        const bool hash = !listed->wants_jwts && !made.json_with_hash.empty();
        listed->batch.push_back({made.subject, hash ? made.json_with_hash : made.json, sequence_});
    }
}

template <class... Part>
void EventDispatcher::make(std::string subject, bool jwts, bool hashes, const Part&... event) {
    // Within the reserved room, so that views stay valid.
    assert(messages_.size() < messages_.capacity());
    Message& made = messages_.emplace_back(Message{std::move(subject), {}, {}});
    server_.use_next([&](const ServerInfo& server) {
        if constexpr ((NamesClient<Part> || ...)) {
            if (hashes && (!event.client.jwt.empty() && ...)) {
                made.json_with_hash = to_json(event..., server, JwtForm::hash);
                if (!jwts) return;
            }
        }
        made.json = to_json(event..., server);
    });
}

}  // namespace midge
