#pragma once
// Transports events to the sinks: a queue with a limit, and one thread.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "event/event_dispatcher.h"
#include "event/event_sink.h"
#include "event/events.h"
#include "event/security_events.h"
#include "event/server_stamp.h"
#include "event/sink_lists.h"

namespace midge {

// About 2 KB each with a JWT of usual size.
inline constexpr size_t event_queue_max = 65'536;

// Takes typed events from any thread, and has its consumer dispatch them to the sinks, in order.
// Owned by the broker. The consumer is a thread of its own (start) or, in tests, the caller's
// (drain).
//
// No sink is called under a lock of the bus. Only the consumer sends events to the sinks, and only
// the consumer takes a changed list of sinks into use, between two events. So a sink that waits
// holds up the events, and whoever changes the sinks, but nobody else.
class EventBus {
  public:
    // `server`: name, id and so on of this process. Requires: `log` outlives the bus.
    EventBus(ServerInfo server, Logger& log, size_t queued_max = event_queue_max);
    // Calls stop().
    ~EventBus();
    EventBus(const EventBus&) = delete;
    EventBus& operator=(const EventBus&) = delete;

    // Starts the bus's own thread. Once.
    void start();
    // Feeds the sinks on the calling thread with what is queued now; gives the number of events.
    // Requires: no thread of the bus.
    size_t drain();

    // Queues an event. Any thread; never waits for a sink. If the queue is full, the event is
    // dropped and counted, and the gap is logged. Returns false in that case, after stop(), and
    // after a LameDuckEvent. ShutdownEvent and LameDuckEvent always fit.
    bool push(Event event);
    // The number of events that push() dropped because the queue was full.
    [[nodiscard]] uint64_t dropped() const;
    // The number of events that wait for the sinks.
    [[nodiscard]] size_t waiting() const;

    // A sink gets the events that are pushed after add_sink was called, and none after remove_sink
    // returned. Both wait until what was pushed before is sent.
    SinkId add_sink(std::unique_ptr<EventSink> sink);
    // Flushes the sink and gives it back; nullptr when there is none by that number. Whoever just
    // asks for reports() may hold it for a moment, too.
    std::shared_ptr<EventSink> remove_sink(SinkId id);

    // Makes the sinks reopen their files, soon after the call. Any thread.
    void reopen_sinks();
    // What the sinks say about themselves. Any thread.
    [[nodiscard]] std::vector<ComponentReport> reports();

    // `sinks` take the place of `old`: events that were pushed before go to the old ones, later
    // ones to the new ones; so does `server`, as set_server(). Does not wait. One thread at a time;
    // finish_replacing() must follow, before the next replacement.
    [[nodiscard]] ReplacedSinks begin_replacing(const std::vector<SinkId>& old,
                                                std::vector<std::unique_ptr<EventSink>> sinks,
                                                std::optional<ServerInfo> server = {});
    // Waits until the old sinks have got their last event, flushes them and lets go of them. Gives
    // the new ones.
    std::vector<SinkId> finish_replacing(ReplacedSinks replaced);
    std::vector<SinkId> replace_sinks(const std::vector<SinkId>& old,
                                      std::vector<std::unique_ptr<EventSink>> sinks);

    // Waits until all events pushed before are passed to the sinks and the sinks have flushed.
    // Fails with Errc::timeout. Without a consumer, the calling thread does the work.
    Result<> flush(std::chrono::milliseconds timeout);
    // Sends the queued events, flushes the sinks and waits for the end of the consumer. From then
    // on push() refuses events. Idempotent.
    void stop();

    // Returns the `server` object for a reply that is not sent by the bus, with the next `seq`. Any
    // thread.
    [[nodiscard]] ServerInfo stamp() { return server_.next(); }
    // The same without a number, for comparisons. Any thread.
    [[nodiscard]] ServerInfo server() const { return server_.current(); }
    // ServerStamp::replace(). Any thread.
    void set_server(ServerInfo server) { server_.replace(std::move(server)); }

  private:
    void take_next_sinks();  // under queue_mutex_
    [[nodiscard]] SinkList current_sinks();
    void consume();
    size_t send_batch();
    bool flush_due() const;
    [[nodiscard]] bool flush_asked() const;
    [[nodiscard]] bool errand_due() const;
    void run_errand(std::unique_lock<std::mutex>& lock);
    void note_ready();

    Logger& log_;
    const size_t queued_max_;
    ServerStamp server_;

    mutable std::mutex queue_mutex_;
    std::condition_variable work_;  // for the consumer
    std::condition_variable done_;  // for flush(), stop() and changes of the sinks
    std::deque<Event> queue_;
    SinkLists sinks_;
    uint64_t accepted_ = 0;
    uint64_t sent_ = 0;
    uint64_t flush_wanted_ = 0;  // sinks are flushed when sent_ has reached this
    uint64_t flush_done_ = 0;
    uint64_t dropped_ = 0;
    uint64_t dropped_in_burst_ = 0;
    bool resume_wanted_ = false;
    bool reopen_wanted_ = false;
    bool consuming_ = false;
    bool idle_ = false;      // the consumer waits for the next push
    bool closed_ = false;    // takes no more events
    bool stopping_ = false;  // the consumer ends when the queue is empty

    EventDispatcher dispatcher_;  // of the consumer
    std::thread thread_;
};

}  // namespace midge
