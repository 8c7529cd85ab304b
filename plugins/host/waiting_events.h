#pragma once
// Events that a sink has not taken yet.
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "abi/midge_sink.h"
#include "event/event_sink.h"

namespace midge {

// Events that are lost: `count` of those with the sequences first..last.
struct LostEvents {
    uint64_t count = 0;
    uint64_t first = 0;
    uint64_t last = 0;

    void add(uint64_t sequence) noexcept;
};

// A queue with the limits of host/limits.h, which remembers where events were dropped. Owned by a
// PluginSink; bus thread.
class WaitingEvents {
  public:
    [[nodiscard]] bool empty() const noexcept { return events_.empty() && lost_.count == 0; }
    [[nodiscard]] size_t size() const noexcept { return events_.size(); }
    // Appends a copy; if the queue is full, the event is lost. Gives whether this loss is the first
    // since an event was appended.
    bool push(const SinkEvent& event);
    // What a call of the plugin may take from the front: no loss stands between two of its events.
    // `out` gets the events; valid until the queue changes.
    [[nodiscard]] LostEvents front(std::vector<midge_event>& out) const;
    // After such a call: the loss in front of the first event is told, `count` events are taken.
    void pop(size_t count);
    // Drops everything; gives all that is lost since the last event that was taken.
    [[nodiscard]] LostEvents drop();

  private:
    struct Waiting {
        LostEvents before;  // it
        std::string subject;
        std::string json;
        uint64_t sequence = 0;
    };

    std::deque<Waiting> events_;
    size_t bytes_ = 0;
    LostEvents lost_;  // after the last event
};

}  // namespace midge
