#pragma once
// What a connection is to be sent: staged per lane within a turn, written once, the rest queued
// (ARCHITECTURE.md, "Life of a message").
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/outbound_queue.h"
#include "net/shared_block.h"
#include "net/stream.h"

namespace midge {

class DeliveryLane;

enum class OutboundEvent : uint8_t {
    wants_writable,  // the socket took less than all: the owner watches for writability
    slow_consumer,   // more than max_pending is queued; nothing more is accepted
    write_failed,
};

// The loop that owns a connection. Called from any thread, never under a lock of the outbound.
class OutboundOwner {
  public:
    virtual void on_outbound_event(uint64_t connection_id, OutboundEvent event) = 0;
    // The connection's wait of that number is over (Outbound::wait_for_room).
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

// A connection that waits for another one's queue, to go on with what it publishes.
struct RoomWaiter {
    OutboundOwner* owner = nullptr;  // its own
    uint64_t connection_id = 0;
    uint32_t number = 0;  // of the connection's waits
    bool operator==(const RoomWaiter&) const = default;
};

struct OutboundCounters {
    uint64_t messages = 0;
    uint64_t bytes = 0;  // of payloads
};

// Owned by its session, and held by whoever may still deliver to it; outlives both. stage() and the
// staging calls belong to the lane that is passed in, the rest is safe from any thread.
class Outbound : public RefCounted {
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
             unsigned lanes, size_t pending_bytes_max);
    ~Outbound() override;

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
    // Tells `waiter` when wants_room() has changed, or the connection has ended. False: there is
    // nothing to wait for.
    [[nodiscard]] bool wait_for_room(const RoomWaiter& waiter);
    void stop_waiting(const RoomWaiter& waiter);
    // Ends the waits for a peer that takes nothing.
    void check_progress();

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
    // Puts the stream that `wrap` makes of this one in its place (TLS). Owner's loop, before
    // anybody else may deliver.
    template <class Wrap>
    void wrap_stream(Wrap wrap) {
        const std::lock_guard lock(mutex_);
        stream_ = wrap(std::move(stream_));
    }

  private:
    friend class DeliveryLane;
    struct Stage {
        ChunkList chunks;
        OutboundCounters counted;
        bool listed = false;  // in its lane's list of dirty connections
    };
    // Sends or queues what `stage` holds; what was sent goes back to `pool`.
    void commit(Stage& stage, ChunkPool& pool);
    // All under the lock. The first two write until nothing is left or the stream takes no more;
    // what was staged and is out goes to `sent`, if all of it is.
    [[nodiscard]] IoResult::Kind write_staged(ChunkList& chunks, ChunkList& sent);
    [[nodiscard]] IoResult::Kind write_queue();
    void note_uptake() noexcept;
    void note_closed() noexcept {
        uptake_.store(Uptake::closed, std::memory_order_release);
        wants_room_.store(false, std::memory_order_relaxed);
    }
    void begin_queue() noexcept;
    void look_for_progress() noexcept;
    // Bytes since the queue began that the peer's system has, less what was on its way then.
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
    std::chrono::steady_clock::time_point last_progress_;
    std::vector<RoomWaiter> waiters_;
    int64_t sent_bytes_ = 0;                           // since the queue began
    int64_t marked_bytes_ = 0;                         // taken_bytes() at the last real progress
    std::chrono::steady_clock::time_point looked_;     // at that, or later
    std::chrono::steady_clock::duration stuck_for_{};  // seen without progress
    bool progressed_ = false;                          // since the queue began
    bool given_up_ = false;  // nobody waits for the peer until it takes something again
    bool failed_ = false;

    std::unique_ptr<Stage[]> stages_;
};

// What one thread stages within a turn. Lives on that thread.
class DeliveryLane {
  public:
    // Past this much staged the lane commits early; less if set_staged_bytes_max() says so.
    static constexpr size_t staged_bytes_most = 4 * 1024 * 1024;
    static constexpr size_t idle_chunks_max = 16;

    explicit DeliveryLane(unsigned index) : index_(index) {}
    [[nodiscard]] unsigned index() const noexcept { return index_; }
    // Holds from the next commit on.
    void set_staged_bytes_max(size_t bytes) noexcept {
        staged_bytes_max_ = std::min(bytes, staged_bytes_most);
    }

    // Memory for up to `size` (<= ChunkPool::chunk_bytes) contiguous bytes, then append_done() with
    // what was used.
    [[nodiscard]] char* append_space(Outbound& target, size_t size) {
        Outbound::Stage& stage = target.stages_[index_];
        if (!stage.listed) list(target, stage);
        Chunk* tail = stage.chunks.tail;
        if (tail == nullptr || tail->room() < size) tail = push_chunk(stage);
        return tail->own_memory() + tail->size;
    }
    void append_done(Outbound& target, size_t used) noexcept {
        Outbound::Stage& stage = target.stages_[index_];
        stage.chunks.tail->size += static_cast<uint32_t>(used);
        stage.chunks.bytes += used;
        staged_room_ -= static_cast<ptrdiff_t>(used);
        staged_bytes_total_ += used;
    }
    void append(Outbound& target, std::string_view bytes);
    // Without a copy.
    void append_shared(Outbound& target, Ref<const SharedBytes> bytes);
    // `head` and `rest`, so that the queue of `target` holds pointers to one copy. `kept` is where
    // the same `rest` was written for another target; a new Place for new bytes. Requires: together
    // no longer than ChunkPool::chunk_bytes.
    void append_references(Outbound& target, std::span<const std::string_view> head,
                           std::span<const std::string_view> rest, SharedBytesWriter::Place& kept);
    void count_message(Outbound& target, size_t payload_bytes) noexcept {
        Outbound::Stage& stage = target.stages_[index_];
        ++stage.counted.messages;
        stage.counted.bytes += payload_bytes;
    }

    // Since the lane was made.
    [[nodiscard]] uint64_t staged_bytes_total() const noexcept { return staged_bytes_total_; }
    [[nodiscard]] bool dirty() const noexcept { return !dirty_.empty(); }
    [[nodiscard]] bool should_commit_early() const noexcept { return staged_room_ < 0; }
    // Gives memory back that a burst has left.
    void trim() noexcept {
        pool_.trim(idle_chunks_max);
        shared_.close();
    }
    // One lock and one write per connection that something was staged for.
    void commit();
    // The same for one connection, before its session closes it.
    void commit(Outbound& target);

  private:
    void list(Outbound& target, Outbound::Stage& stage);
    Chunk* push_chunk(Outbound::Stage& stage);
    Chunk* referring_chunk(Outbound::Stage& stage);

    const unsigned index_;
    ChunkPool pool_;
    SharedBytesWriter shared_;
    size_t staged_bytes_max_ = staged_bytes_most;
    ptrdiff_t staged_room_ = staged_bytes_most;  // until the lane commits early
    uint64_t staged_bytes_total_ = 0;
    std::vector<Ref<Outbound>> dirty_;
    std::vector<Ref<Outbound>> committing_;
};

}  // namespace midge
