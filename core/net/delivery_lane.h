#pragma once
// The bytes that a thread collects for connections within a turn (ARCHITECTURE.md, "Life of a
// message").
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "net/outbound.h"
#include "net/shared_block.h"

namespace midge {

// The bytes staged for one connection.
struct alignas(64) Staged {
    Ref<Outbound> target;  // null for the unused number 0
    ChunkList chunks;
    OutboundCounters counted;
    uint32_t next = 0;  // next number of a connection in the same slot; 0: none
};

// Everything sent to a connection passes through a lane, so that a turn costs the connection one
// lock and one write. Used by one thread. Connections do not know the lanes, so that their size
// does not depend on the number of threads.
class DeliveryLane {
  public:
    // With more staged bytes the lane commits early. set_staged_bytes_max() can lower the limit.
    static constexpr size_t staged_bytes_most = 4 * 1024 * 1024;
    static constexpr size_t idle_chunks_max = 16;

    explicit DeliveryLane(unsigned index);
    [[nodiscard]] unsigned index() const noexcept { return index_; }
    // The clock that dates messages; it belongs to the owner of the lane and outlives it.
    void watch_clock(const SteadyClock::time_point& now) noexcept { now_ = &now; }
    // Takes effect with the next commit.
    void set_staged_bytes_max(size_t bytes) noexcept {
        staged_bytes_max_ = std::min(bytes, staged_bytes_most);
    }

    // Returns the stage of `target`, for the calls that follow. Valid until the next call of
    // stage() or of a commit().
    [[nodiscard]] Staged& stage(Outbound& target) {
        Staged& first = staged_[slots_[slot_of(target)]];
        if (first.target.get() == &target) [[likely]]
            return first;
        return find_stage(target);
    }
    // Returns memory for up to `size` (at most ChunkPool::chunk_bytes) contiguous bytes. Requires:
    // append_done() follows with the number of bytes used.
    [[nodiscard]] char* append_space(Staged& stage, size_t size) {
        Chunk* tail = stage.chunks.tail;
        if (tail == nullptr || tail->room() < size) tail = push_chunk(stage);
        return tail->own_memory() + tail->size;
    }
    void append_done(Staged& stage, size_t used) noexcept {
        stage.chunks.tail->size += static_cast<uint32_t>(used);
        stage.chunks.bytes += used;
        staged_room_ -= static_cast<ptrdiff_t>(used);
        staged_bytes_total_ += used;
    }
    void append(Staged& stage, std::string_view bytes);
    // Appends without a copy.
    void append_shared(Staged& stage, Ref<const SharedBytes> bytes);
    // Appends references to `head` and `rest`, so that the queues of several connections share one
    // copy of `rest`. `kept` is the place where the same `rest` was written for another connection;
    // pass a new Place for new bytes. Requires: together not longer than ChunkPool::chunk_bytes.
    void append_references(Staged& stage, std::span<const std::string_view> head,
                           std::span<const std::string_view> rest, SharedBytesWriter::Place& kept);
    static void count_message(Staged& stage, size_t payload_bytes) noexcept {
        ++stage.counted.messages;
        stage.counted.bytes += payload_bytes;
    }

    // Total number of bytes staged since the lane was made.
    [[nodiscard]] uint64_t staged_bytes_total() const noexcept { return staged_bytes_total_; }
    [[nodiscard]] bool dirty() const noexcept { return staged_.size() > 1; }
    [[nodiscard]] bool should_commit_early() const noexcept { return staged_room_ < 0; }
    // Returns memory to the system that a burst has left in the pool.
    void trim();
    // Passes the staged bytes on, with one lock and one write for each connection.
    void commit();
    // The same for one connection. Called before its session closes the connection.
    void commit(Outbound& target);

  private:
    static constexpr size_t slots_min = 64;  // powers of two
    static constexpr size_t slots_max = 65'536;
    static constexpr size_t idle_connections_max = 1024;
    static constexpr SteadyClock::time_point no_time{};

    [[nodiscard]] size_t slot_of(const Outbound& target) const noexcept {
        return target.connection_id() & (slots_.size() - 1);
    }
    // Returns the number of the stage of `target`, or 0 if nothing is staged.
    [[nodiscard]] uint32_t number_of(const Outbound& target) const noexcept;
    Staged& find_stage(Outbound& target);
    void grow_slots();
    void commit(Staged& stage);
    Chunk* push_chunk(Staged& stage);
    Chunk* referring_chunk(Staged& stage);

    const unsigned index_;
    const SteadyClock::time_point* now_ = &no_time;
    ChunkPool pool_;
    SharedBytesWriter shared_;
    size_t staged_bytes_max_ = staged_bytes_most;
    ptrdiff_t staged_room_ = staged_bytes_most;  // bytes that can be staged before the lane commits
                                                 // early
    uint64_t staged_bytes_total_ = 0;
    // Number 0 belongs to no connection, so that an empty slot needs no check of its own.
    std::vector<Staged> staged_;
    std::vector<Staged> committing_;
    std::vector<uint32_t> slots_;  // by connection: the first number of a linked list
};

}  // namespace midge
