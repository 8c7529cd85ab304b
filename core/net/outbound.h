#pragma once
// The outgoing bytes of a connection. They are written at the end of a turn, and queued if the
// socket does not take them (ARCHITECTURE.md, "Life of a message").
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/outbound_queue.h"
#include "net/room_source.h"
#include "net/stream.h"

namespace midge {

enum class OutboundEvent : uint8_t {
    wants_writable,  // the socket did not take all bytes: the owner must watch for writability
    slow_consumer,   // more than max_pending is queued; nothing more is accepted
    write_failed,
};

// The loop that owns a connection. Called from any thread, and never under a lock of the Outbound.
class OutboundOwner {
  public:
    virtual void on_outbound_event(uint64_t connection_id, OutboundEvent event) = 0;
    // The connection's wait with that number has ended (RoomSource::wait_for_room).
    virtual void on_room(uint64_t connection_id, uint32_t wait_number) = 0;

  protected:
    ~OutboundOwner() = default;
};

// How fast a connection takes its bytes, in the steps that matter to those who deliver to it.
enum class Uptake : uint8_t {
    prompt,
    slow,    // Outbound::slow_bytes are queued: the queue gets references instead of copies
    stuck,   // over three quarters of max_pending are (docs/protocol/client-protocol.md, Slow
             // consumers)
    closed,  // for good
};

struct OutboundCounters {
    uint64_t messages = 0;
    uint64_t bytes = 0;  // of payloads
};

// Owned by its session. Lanes that may still deliver to it hold references (DeliveryLane), so that
// it can outlive the session. Usable from any thread unless a comment says otherwise.
class Outbound final : public RoomSource {
  public:
    static constexpr size_t slow_bytes = 1024 * 1024;
    // The peer is stuck if it takes less than progress_bytes_min within first_patience after its
    // queue began, or within patience once it has taken something of the queue. Time in which no
    // thread checked does not count.
    static constexpr size_t progress_bytes_min = 64 * 1024;
    static constexpr std::chrono::milliseconds first_patience{500};
    static constexpr std::chrono::milliseconds patience{2000};
    // How often connections that wait for room must check whether the peer still reads.
    static constexpr std::chrono::milliseconds progress_check_interval{100};

    Outbound(uint64_t connection_id, std::unique_ptr<Stream> stream, OutboundOwner& owner,
             size_t pending_bytes_max);

    [[nodiscard]] uint64_t connection_id() const noexcept { return connection_id_; }

    // True after shutdown() or an error: no more bytes are accepted.
    [[nodiscard]] bool closed() const noexcept { return uptake() == Uptake::closed; }
    // State after the last commit or write.
    [[nodiscard]] Uptake uptake() const noexcept { return uptake_.load(std::memory_order_acquire); }
    [[nodiscard]] size_t pending_bytes() const;
    // The memory that the queued bytes occupy (OutboundQueue::held_bytes).
    [[nodiscard]] size_t held_bytes() const;
    [[nodiscard]] OutboundCounters counters() const;
    // The time of the last message; the epoch: there was none.
    [[nodiscard]] SteadyClock::time_point last_message() const;
    // The time since which the peer has taken nothing of a non-empty queue; no value if it keeps
    // up.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> stalled_since();

    // Whether publishers to this connection should wait for room: more than half of max_pending is
    // queued, and the peer still takes bytes. Stays true until an eighth of that half is gone, so
    // that waits are rare.
    [[nodiscard]] bool wants_room() const noexcept {
        return wants_room_.load(std::memory_order_relaxed);
    }
    // RoomSource: wait for the end of wants_room().
    [[nodiscard]] bool wait_for_room(const RoomWaiter& waiter) override;
    void stop_waiting(const RoomWaiter& waiter) override;
    [[nodiscard]] bool may_hang() const noexcept override { return true; }
    void check_progress() override;

    // Sends or queues `chunks`, leaves the list empty, and adds `counted` to the counters. Chunks
    // that were sent go back to `pool`. `now`: the time of the messages.
    void commit(ChunkList& chunks, const OutboundCounters& counted, SteadyClock::time_point now,
                ChunkPool& pool);
    // Writes queued bytes, and returns whether the queue is empty. Called on the owner's loop when
    // the socket is writable.
    bool write_queued();
    // Tries once to send the queued bytes, then closes the stream. Idempotent.
    void shutdown() noexcept;

    [[nodiscard]] Stream& stream() noexcept { return *stream_; }
    // The name that the peer has given itself, for reports about it.
    [[nodiscard]] std::string peer_name() const;
    void set_peer_name(std::string name);
    // The prefix of log lines about this connection. Only tracing sets it; otherwise it is empty.
    [[nodiscard]] std::string log_prefix() const;
    void set_log_prefix(std::string prefix);
    // Replaces the stream with the one that `wrap` makes of it (TLS). If `wrap` throws, it must
    // leave the stream in place. Owner's loop, before another thread may deliver.
    template <class Wrap>
    void wrap_stream(Wrap wrap) {
        const std::lock_guard lock(mutex_);
        stream_ = wrap(stream_);
    }

  private:
    // How the peer takes queued bytes. Exists only while bytes are queued, which is rare.
    struct Backlog {
        std::chrono::steady_clock::time_point last_progress = std::chrono::steady_clock::now();
        std::chrono::steady_clock::time_point looked = last_progress;  // time of the last check
        std::chrono::steady_clock::duration stuck_for{};  // checked time without progress
        std::vector<RoomWaiter> waiters;
        int64_t sent_bytes = 0;    // since the backlog began
        int64_t marked_bytes = 0;  // taken_bytes() at the last real progress
        bool progressed = false;   // since the backlog began
        bool given_up = false;     // nobody waits for the peer until it takes bytes again
    };
    // All following functions require the lock. The first two write until nothing is left or the
    // stream takes no more. write_staged() moves the chunks to `sent` if all are sent.
    [[nodiscard]] IoResult::Kind write_staged(ChunkList& chunks, ChunkList& sent);
    [[nodiscard]] IoResult::Kind write_queue();
    void note_uptake() noexcept;
    void note_closed() noexcept {
        uptake_.store(Uptake::closed, std::memory_order_release);
        wants_room_.store(false, std::memory_order_relaxed);
    }
    [[nodiscard]] bool enqueue(ChunkList& chunks, ChunkList& sent) noexcept;
    void begin_backlog();
    void look_for_progress() noexcept;
    // Bytes sent since the backlog began, minus all bytes that the peer's system has not
    // acknowledged.
    [[nodiscard]] int64_t taken_bytes() const noexcept;
    void give_up_if_stuck() noexcept;
    // Removes and returns the waiters that need not wait any more. Requires: they are told outside
    // the lock.
    [[nodiscard]] std::vector<RoomWaiter> take_freed() noexcept;
    static void tell(const std::vector<RoomWaiter>& freed);

    const uint64_t connection_id_;
    const size_t pending_bytes_max_;
    const size_t room_bytes_;  // with more queued bytes wants_room() is true
    OutboundOwner& owner_;
    std::unique_ptr<Stream> stream_;
    std::atomic<Uptake> uptake_{Uptake::prompt};
    std::atomic<bool> wants_room_{false};

    mutable std::mutex mutex_;  // guards the members below, and stream_->write()
    OutboundQueue queue_;
    OutboundCounters counters_;
    SteadyClock::time_point last_message_;
    std::string peer_name_;
    std::unique_ptr<const std::string> log_prefix_;
    std::unique_ptr<Backlog> backlog_;  // null: nothing is queued
    bool failed_ = false;
};

}  // namespace midge
