#pragma once
// What a connection is to be sent: written at the end of a turn, the rest queued (ARCHITECTURE.md,
// "Life of a message").
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
    wants_writable,  // the socket took less than all: the owner watches for writability
    slow_consumer,   // more than max_pending is queued; nothing more is accepted
    write_failed,
};

// The loop that owns a connection. Called from any thread, never under a lock of the outbound.
class OutboundOwner {
  public:
    virtual void on_outbound_event(uint64_t connection_id, OutboundEvent event) = 0;
    // The connection's wait of that number is over (RoomSource::wait_for_room).
    virtual void on_room(uint64_t connection_id, uint32_t wait_number) = 0;

  protected:
    ~OutboundOwner() = default;
};

// How a connection takes what is sent to it, in the steps that whoever delivers to it acts on.
enum class Uptake : uint8_t {
    prompt,
    slow,    // Outbound::slow_bytes are queued: the queue gets references instead of copies
    stuck,   // over three quarters of max_pending are (spec client-protocol.md 6: stall)
    closed,  // for good
};

struct OutboundCounters {
    uint64_t messages = 0;
    uint64_t bytes = 0;  // of payloads
};

// Owned by its session, and held by whoever may still deliver to it (DeliveryLane); outlives both.
// Safe from any thread unless said otherwise.
class Outbound final : public RoomSource {
  public:
    static constexpr size_t slow_bytes = 1024 * 1024;
    // A peer that has taken less than so much for so long takes nothing: since its queue began, and
    // once it has taken some of it. Time in which nobody could look does not count.
    static constexpr size_t progress_bytes_min = 64 * 1024;
    static constexpr std::chrono::milliseconds first_patience{500};
    static constexpr std::chrono::milliseconds patience{2000};
    // How often those who wait for room have to ask whether the peer still takes something.
    static constexpr std::chrono::milliseconds progress_check_interval{100};

    Outbound(uint64_t connection_id, std::unique_ptr<Stream> stream, OutboundOwner& owner,
             size_t pending_bytes_max);

    [[nodiscard]] uint64_t connection_id() const noexcept { return connection_id_; }

    // After shutdown() or an error: nothing is accepted any more.
    [[nodiscard]] bool closed() const noexcept { return uptake() == Uptake::closed; }
    // As of the last commit or write.
    [[nodiscard]] Uptake uptake() const noexcept { return uptake_.load(std::memory_order_acquire); }
    [[nodiscard]] size_t pending_bytes() const;
    // The memory that these are in (OutboundQueue::held_bytes).
    [[nodiscard]] size_t held_bytes() const;
    [[nodiscard]] OutboundCounters counters() const;
    // Time since which the peer has taken nothing of a non-empty queue; nothing when it keeps up.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> stalled_since();

    // Whether who publishes to it should wait for room: over half of max_pending is queued, and the
    // peer takes it. Stays until an eighth of that half is gone, so that waits are few.
    [[nodiscard]] bool wants_room() const noexcept {
        return wants_room_.load(std::memory_order_relaxed);
    }
    // RoomSource: of wants_room().
    [[nodiscard]] bool wait_for_room(const RoomWaiter& waiter) override;
    void stop_waiting(const RoomWaiter& waiter) override;
    [[nodiscard]] bool may_hang() const noexcept override { return true; }
    void check_progress() override;

    // Sends or queues `chunks`, which leaves it empty, and counts what is in them. What was sent
    // goes back to `pool`.
    void commit(ChunkList& chunks, const OutboundCounters& counted, ChunkPool& pool);
    // Writes queued bytes; returns whether all are out. Owner's loop, when writable.
    bool write_queued();
    // Tries once to send what is queued, then closes the stream. Idempotent.
    void shutdown() noexcept;

    [[nodiscard]] Stream& stream() noexcept { return *stream_; }
    // What the peer calls itself, for those who tell about it.
    [[nodiscard]] std::string peer_name() const;
    void set_peer_name(std::string name);
    // What log lines about the connection begin with; empty unless somebody has set it, which is
    // for traces only.
    [[nodiscard]] std::string log_prefix() const;
    void set_log_prefix(std::string prefix);
    // Puts the stream that `wrap` makes of this one in its place (TLS). If it throws, it has to
    // leave this one where it was. Owner's loop, before anybody else may deliver.
    template <class Wrap>
    void wrap_stream(Wrap wrap) {
        const std::lock_guard lock(mutex_);
        stream_ = wrap(stream_);
    }

  private:
    // How the peer takes what is queued; most connections seldom have any.
    struct Backlog {
        std::chrono::steady_clock::time_point last_progress = std::chrono::steady_clock::now();
        std::chrono::steady_clock::time_point looked = last_progress;  // at that, or later
        std::chrono::steady_clock::duration stuck_for{};               // seen without progress
        std::vector<RoomWaiter> waiters;
        int64_t sent_bytes = 0;    // since it began
        int64_t marked_bytes = 0;  // taken_bytes() at the last real progress
        bool progressed = false;   // since it began
        bool given_up = false;     // nobody waits for the peer until it takes something again
    };
    // All under the lock. The first two write until nothing is left or the stream takes no more;
    // what was staged and is out goes to `sent`, if all of it is.
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
    // Bytes since the backlog began that the peer's system has, less what was on its way then.
    [[nodiscard]] int64_t taken_bytes() const noexcept;
    void give_up_if_stuck() noexcept;
    // Who need not wait any more; to be told outside the lock.
    [[nodiscard]] std::vector<RoomWaiter> take_freed() noexcept;
    static void tell(const std::vector<RoomWaiter>& freed);

    const uint64_t connection_id_;
    const size_t pending_bytes_max_;
    const size_t room_bytes_;  // more are queued: wants_room()
    OutboundOwner& owner_;
    std::unique_ptr<Stream> stream_;
    std::atomic<Uptake> uptake_{Uptake::prompt};
    std::atomic<bool> wants_room_{false};

    mutable std::mutex mutex_;  // guards what follows, and stream_->write()
    OutboundQueue queue_;
    OutboundCounters counters_;
    std::string peer_name_;
    std::unique_ptr<const std::string> log_prefix_;
    std::unique_ptr<Backlog> backlog_;  // null: nothing is queued
    bool failed_ = false;
};

}  // namespace midge
