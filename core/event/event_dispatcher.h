#pragma once
// From events to messages for sinks.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "event/security_events.h"
#include "event/server_stamp.h"
#include "event/sink_lists.h"

namespace midge {

// Numbers the messages of events, writes the JSON of those that any sink wants, once for each form
// of JWTs, and publishes them to these sinks. Owned by the event bus, used by its consumer, which
// holds no lock meanwhile.
class EventDispatcher {
  public:
    // At most `events_max` at a time. Requires: `server` outlives it.
    EventDispatcher(ServerStamp& server, size_t events_max);

    // Returns when each sink has had its batch.
    void dispatch(std::span<const Event> events, SinkList sinks);

  private:
    struct Message {
        std::string subject;
        std::string json;
        std::string json_with_hash;  // for who gets no JWTs; empty: as `json`
    };

    // The messages of one event, with their subjects.
    void add(const ConnectEvent& event);
    void add(const DisconnectEvent& event);
    void add(const AuthErrorEvent& event);
    void add(const AccountConnsEvent& event);
    void add(const StatszEvent& event);
    void add(const ShutdownEvent& event);
    void add(const LameDuckEvent& event);
    void add(const ConfigReloadEvent& event);
    void add(const SecurityEvent& event);
    // Counts a message, and makes it if a sink wants it.
    template <class... Part>
    void offer(std::string subject, const Part&... event);
    template <class... Part>
    void make(std::string subject, bool jwts, bool hashes, const Part&... event);

    ServerStamp& server_;
    SinkList sinks_;                 // of the present call
    std::vector<Message> messages_;  // of the present call
    uint64_t sequence_ = 0;
};

}  // namespace midge
