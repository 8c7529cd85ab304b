#pragma once
// Transports events to the sinks: a queue with a limit, and one thread.
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
// broker. The consumer is a thread of its own (start) or, in tests, the caller's (drain). A sink
// may push() and say that it is ready, and call nothing else here. Lock order: sinks_mutex_, then
// either of the others.
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

    // A sink gets the events that are sent after add_sink returned, and none after remove_sink
    // returned. Both wait for the event that is just being sent.
    SinkId add_sink(std::unique_ptr<EventSink> sink);
    // Flushes the sink and gives it back; nullptr when there is none by that number.
    std::unique_ptr<EventSink> remove_sink(SinkId id);

    // Makes the sinks reopen their files, soon after the call. Any thread.
    void reopen_sinks();
    // What the sinks say about themselves; waits for events that are just being sent. Any thread.
    [[nodiscard]] std::vector<ComponentReport> reports();

    // As remove_sink and add_sink, but each event goes to either the old sinks or the new ones. The
    // old ones have flushed and are gone when it returns.
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
    [[nodiscard]] ServerInfo stamp();
    // Replaces the fields that a reload may change (tags, metadata and so on); the id and seq
    // continue. Any thread.
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
