#pragma once
// From where events happen to where they go: a bounded queue and one thread that feeds the sinks.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "event/event_sink.h"
#include "event/events.h"

namespace midge {

// About 2 KB each with a JWT of usual size.
inline constexpr size_t event_queue_max = 65'536;

using SinkId = uint64_t;

// Takes typed events from any thread, gives each the server's next `seq` and the time of sending,
// writes its JSON once, if any sink wants it, and hands it to those sinks in order. Owned by the
// broker. The consumer is a thread of its own (start) or the caller's (run, or drain in tests). A
// sink may push() and say that it is ready, and call nothing else here. Lock order: sinks_mutex_,
// then either of the others.
class EventBus {
  public:
    // `server`: name, id and so on of this process; `log` outlives the bus.
    EventBus(ServerInfo server, Logger& log, size_t queued_max = event_queue_max);
    // As stop().
    ~EventBus();
    EventBus(const EventBus&) = delete;
    EventBus& operator=(const EventBus&) = delete;

    // Starts the bus's own thread. Requires: neither start() nor run() before.
    void start();
    // Feeds the sinks on the calling thread until stop(). Requires: as start().
    void run();
    // Feeds the sinks on the calling thread with what is queued now; gives the number of events.
    // Requires: no start() or run() under way.
    size_t drain();

    // Queues an event. Any thread, never waits for a sink. When the queue is full the event is
    // dropped and counted, and the log tells of the gap; false then, after stop() and after a
    // LameDuckEvent. ShutdownEvent and LameDuckEvent always fit.
    bool push(Event event);
    // Events that push() refused because the queue was full.
    [[nodiscard]] uint64_t dropped() const;

    // A sink gets the events that are sent after add_sink returned, and none after remove_sink
    // returned. Both wait for the event that is just being sent.
    SinkId add_sink(std::unique_ptr<EventSink> sink);
    // Flushes the sink and gives it back; nullptr when there is none by that number.
    std::unique_ptr<EventSink> remove_sink(SinkId id);

    // Has the sinks open their files again, soon. Any thread.
    void reopen_sinks();
    // What the sinks say about themselves; waits for events that are just being sent. Any thread.
    [[nodiscard]] std::vector<ComponentReport> reports();

    // As remove_sink and add_sink, but each event goes to either the old sinks or the new ones. The
    // old ones have flushed and are gone when it returns.
    std::vector<SinkId> replace_sinks(const std::vector<SinkId>& old,
                                      std::vector<std::unique_ptr<EventSink>> sinks);

    // Waits until what was pushed before went to the sinks and these have flushed. Fails with
    // Errc::timeout. Without a consumer it does the work itself.
    Result<> flush(std::chrono::milliseconds timeout);
    // Sends what is queued, flushes the sinks and waits until the consumer is done; push() refuses
    // from now on. Idempotent.
    void stop();

    // The `server` object for a reply that does not go through the bus: takes the next `seq`. Any
    // thread.
    [[nodiscard]] ServerInfo stamp();
    // Replaces what a reload may change (tags, metadata ...); the id stays and seq goes on. Any
    // thread.
    void set_server(ServerInfo server);

  private:
    struct Entry {
        SinkId id;
        std::unique_ptr<EventSink> sink;
        bool wants = false;            // the event that is being prepared
        bool wants_jwts = true;        // in the events
        std::vector<SinkEvent> batch;  // for this sink; views into prepared_
    };
    struct Prepared {
        std::string subject;
        std::string json;
        std::string json_with_hash;  // for who gets no JWTs; empty: as `json`
    };

    SinkId add_locked(std::unique_ptr<EventSink> sink);  // under sinks_mutex_
    std::unique_ptr<EventSink> take_locked(SinkId id);   // under sinks_mutex_
    void begin_consuming();
    void consume();
    size_t send_batch();
    bool flush_due() const;
    [[nodiscard]] bool flush_asked() const;
    [[nodiscard]] bool errand_due() const;
    void run_errand(std::unique_lock<std::mutex>& lock);
    void flush_sinks();
    void resume_sinks();
    void reopen_now();
    void note_ready();

    void send(const ConnectEvent& event);
    void send(const DisconnectEvent& event);
    void send(const AuthErrorEvent& event);
    void send(const AccountConnsEvent& event);
    void send(const StatszEvent& event);
    void send(const ShutdownEvent& event);
    void send(const LameDuckEvent& event);
    void send(const ConfigReloadEvent& event);
    template <class... Part>
    void offer(std::string subject, const Part&... event);
    template <class... Part>
    void prepare(std::string subject, bool jwts, bool hashes, const Part&... event);

    Logger& log_;
    const size_t queued_max_;
    const std::string server_id_;

    mutable std::mutex queue_mutex_;
    std::condition_variable work_;  // for the consumer
    std::condition_variable done_;  // for flush() and stop()
    std::deque<Event> queue_;
    uint64_t accepted_ = 0;
    uint64_t sent_ = 0;
    uint64_t flush_wanted_ = 0;  // once sent_ is this far
    uint64_t flush_done_ = 0;
    uint64_t dropped_ = 0;
    uint64_t dropped_in_burst_ = 0;
    bool resume_wanted_ = false;
    bool reopen_wanted_ = false;
    bool consuming_ = false;
    bool idle_ = false;      // the consumer waits for the next push
    bool closed_ = false;    // takes no more events
    bool stopping_ = false;  // the consumer ends when the queue is empty

    std::mutex server_mutex_;
    ServerInfo server_;

    std::mutex sinks_mutex_;
    std::vector<Entry> sinks_;
    std::vector<Prepared> prepared_;  // of the batch that is being sent
    SinkId last_sink_ = 0;
    uint64_t sequence_ = 0;

    std::thread thread_;
};

}  // namespace midge
