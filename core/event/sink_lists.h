#pragma once
// The sinks of an event bus, and how one list of them follows another.
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "event/event_sink.h"
#include "event/server_info.h"

namespace midge {

using SinkId = uint64_t;

// A sink, with what the consumer of the bus has for it.
struct ListedSink {
    explicit ListedSink(std::unique_ptr<EventSink> added)
        : sink(std::move(added)), wants_jwts(sink->wants_jwts()) {}

    SinkId id = 0;
    const std::unique_ptr<EventSink> sink;
    const bool wants_jwts;  // in the events
    // Of the consumer:
    bool wants = false;            // the message that is being made
    std::vector<SinkEvent> batch;  // for this sink; views into the messages of EventDispatcher
};
// Shared with the consumer, with EventBus::reports() and with those who take sinks out.
using SinkList = std::vector<std::shared_ptr<ListedSink>>;

// Sinks that were replaced, until EventBus::finish_replacing().
class ReplacedSinks {
  public:
    // Of the sinks that are new.
    [[nodiscard]] const std::vector<SinkId>& ids() const noexcept { return ids_; }

  private:
    friend class EventBus;
    friend class SinkLists;
    std::vector<SinkId> ids_;
    SinkList gone_;
    uint64_t number_ = 0;  // of the list without them
};

// The list of sinks in use, and those that come into use when the events before them have been
// sent. Calls no sink. Owned by the event bus, whose mutex guards every call.
class SinkLists {
  public:
    // Adds a list: the newest one with `added` in the place of `old`. It comes into use when
    // `after` events have been sent, and `server` with it.
    [[nodiscard]] ReplacedSinks replace(const std::vector<SinkId>& old, const SinkList& added,
                                        uint64_t after, std::optional<ServerInfo> server);
    // Whether a list comes into use when so many events have been sent.
    [[nodiscard]] bool is_due(uint64_t sent) const;
    // Takes every such list into use, in their order. Gives the `server` object that came with
    // them, if one did.
    [[nodiscard]] std::optional<ServerInfo> take_due(uint64_t sent);

    [[nodiscard]] const SinkList& in_use() const noexcept { return in_use_; }
    // ReplacedSinks::number_.
    [[nodiscard]] uint64_t number_in_use() const noexcept { return number_in_use_; }
    // How many events may still be sent to the list in use, at most `count`. Requires: none is due.
    [[nodiscard]] uint64_t limit(uint64_t count, uint64_t sent) const;

  private:
    struct Next {
        uint64_t after = 0;
        uint64_t number = 0;
        SinkList sinks;
        std::optional<ServerInfo> server;
    };

    SinkList in_use_;
    std::deque<Next> next_;  // in their order
    uint64_t number_in_use_ = 0;
    uint64_t newest_number_ = 0;
    SinkId last_id_ = 0;
};

}  // namespace midge
