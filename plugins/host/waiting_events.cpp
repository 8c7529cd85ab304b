#include "host/waiting_events.h"

#include <utility>

#include "host/host_tables.h"
#include "host/limits.h"

namespace midge {

void LostEvents::add(uint64_t sequence) noexcept {
    if (count++ == 0) first = sequence;
    last = sequence;
}

bool WaitingEvents::push(const SinkEvent& event) {
    const size_t bytes = event.subject.size() + event.json.size();
    if (events_.size() >= sink_queue_events_max || bytes_ + bytes > sink_queue_bytes_max) {
        lost_.add(event.sequence);
        return lost_.count == 1;
    }
    events_.push_back({std::exchange(lost_, {}), std::string(event.subject),
                       std::string(event.json), event.sequence});
    bytes_ += bytes;
    return false;
}

LostEvents WaitingEvents::front(std::vector<midge_event>& out) const {
    out.clear();
    if (events_.empty()) return lost_;
    for (const Waiting& event : events_) {
        if (out.size() == sink_batch_events_max || (!out.empty() && event.before.count != 0)) break;
        out.push_back({to_text(event.subject), to_text(event.json), event.sequence});
    }
    return events_.front().before;
}

void WaitingEvents::pop(size_t count) {
    if (events_.empty()) {
        lost_ = {};
        return;
    }
    events_.front().before = {};
    for (; count != 0; --count) {
        bytes_ -= events_.front().subject.size() + events_.front().json.size();
        events_.pop_front();
    }
}

LostEvents WaitingEvents::drop() {
    LostEvents all;
    const auto add = [&all](const LostEvents& lost) {
        if (lost.count == 0) return;
        if (all.count == 0) all.first = lost.first;
        all.last = lost.last;
        all.count += lost.count;
    };
    for (const Waiting& event : events_) {
        add(event.before);
        all.add(event.sequence);
    }
    add(lost_);
    *this = {};
    return all;
}

}  // namespace midge
