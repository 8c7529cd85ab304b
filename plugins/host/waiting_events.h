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

// Lost events: `count` of those with the sequences first..last.
struct LostEvents {
    uint64_t count = 0;
    uint64_t first = 0;
    uint64_t last = 0;

    void add(uint64_t sequence) noexcept;
};

// A queue with the limits of host/limits.h that remembers where events were dropped. Owned by a
// PluginSink; used on the bus thread.
class WaitingEvents {
  public:
    [[nodiscard]] bool empty() const noexcept { return events_.empty() && lost_.count == 0; }
    [[nodiscard]] size_t size() const noexcept { return events_.size(); }
    // Appends a copy of the event. If the queue is full, the event is lost. Returns whether this is
    // the first loss since an event was appended.
    bool push(const SinkEvent& event);
    // Returns the loss before the first event, and sets `out` to the events of one call of the
    // plugin: the first ones up to the next loss. Valid until the queue changes.
    [[nodiscard]] LostEvents front(std::vector<midge_event>& out) const;
    // Called after the plugin was told this loss and took `count` events: removes them.
    void pop(size_t count);
    // Drops all events. Returns everything that was lost since the last event that was taken.
    [[nodiscard]] LostEvents drop();

  private:
    struct Waiting {
        LostEvents before;  // loss before this event
        std::string subject;
        std::string json;
        uint64_t sequence = 0;
    };

    std::deque<Waiting> events_;
    size_t bytes_ = 0;
    LostEvents lost_;  // loss after the last event
};

}  // namespace midge
