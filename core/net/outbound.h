#pragma once
// What a connection is to be sent: staged per lane within a turn, written once, the rest queued
// (ARCHITECTURE.md, "Life of a message").
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/chunk.h"
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

// Owned by its session, and held by whoever may still deliver to it; outlives both. stage() and the
// staging calls belong to the lane that is passed in, the rest is safe from any thread.
class Outbound : public RefCounted {
  public:
    static constexpr size_t slow_bytes = 1024 * 1024;

    Outbound(uint64_t connection_id, std::unique_ptr<Stream> stream, OutboundOwner& owner,
             unsigned lanes, size_t pending_bytes_max);
    ~Outbound() override;

    // After shutdown() or an error: nothing is accepted any more.
    [[nodiscard]] bool closed() const noexcept { return uptake() == Uptake::closed; }
    // As of the last commit or write.
    [[nodiscard]] Uptake uptake() const noexcept { return uptake_.load(std::memory_order_acquire); }
    [[nodiscard]] size_t pending_bytes() const;
    [[nodiscard]] OutboundCounters counters() const;
    // Time since which the peer has taken nothing of a non-empty queue; nothing when it keeps up.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> stalled_since() const;

    // Writes queued bytes; returns whether all are out. Owner's loop, when writable.
    bool write_queued();
    // Tries once to send what is queued, then closes the stream. Idempotent.
    void shutdown() noexcept;

    [[nodiscard]] Stream& stream() noexcept { return *stream_; }
    // What the peer calls itself, for those who tell about it.
    [[nodiscard]] std::string peer_name() const;
    void set_peer_name(std::string name);
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
    // Writes from `chunks` until it is empty or the stream takes no more. Under the lock.
    [[nodiscard]] IoResult::Kind write_some(ChunkList& chunks, ChunkList* sent);
    // Both under the lock.
    void note_uptake() noexcept;
    void note_closed() noexcept { uptake_.store(Uptake::closed, std::memory_order_release); }

    const uint64_t connection_id_;
    const size_t pending_bytes_max_;
    OutboundOwner& owner_;
    std::unique_ptr<Stream> stream_;
    std::atomic<Uptake> uptake_{Uptake::prompt};

    mutable std::mutex mutex_;  // guards what follows, and stream_->write()
    ChunkList queue_;
    OutboundCounters counters_;
    std::string peer_name_;
    std::chrono::steady_clock::time_point last_progress_;
    bool failed_ = false;

    std::unique_ptr<Stage[]> stages_;
};

// What one thread stages within a turn. Lives on that thread.
class DeliveryLane {
  public:
    // Past this much staged the lane commits early.
    static constexpr size_t staged_bytes_max = 4 * 1024 * 1024;

    static constexpr size_t idle_chunks_max = 16;

    explicit DeliveryLane(unsigned index) : index_(index) {}
    [[nodiscard]] unsigned index() const noexcept { return index_; }

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
        staged_bytes_ += used;
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
    [[nodiscard]] bool should_commit_early() const noexcept {
        return staged_bytes_ > staged_bytes_max;
    }
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
    size_t staged_bytes_ = 0;
    uint64_t staged_bytes_total_ = 0;
    std::vector<Ref<Outbound>> dirty_;
    std::vector<Ref<Outbound>> committing_;
};

}  // namespace midge
