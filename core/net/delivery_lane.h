#pragma once
// What one thread has for connections within a turn (ARCHITECTURE.md, "Life of a message").
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "net/outbound.h"
#include "net/shared_block.h"

namespace midge {

// What there is for one connection.
struct alignas(64) Staged {
    Ref<Outbound> target;  // null: of nobody
    ChunkList chunks;
    OutboundCounters counted;
    uint32_t next = 0;  // the number of another one whose connection has the same slot; 0: none
};

// Lives on one thread. Whatever a connection is sent passes through here, so that a turn costs it
// one lock and one write. Connections know nothing of lanes: a server with many threads keeps no
// more for each of them.
class DeliveryLane {
  public:
    // Past this much staged the lane commits early; less if set_staged_bytes_max() says so.
    static constexpr size_t staged_bytes_most = 4 * 1024 * 1024;
    static constexpr size_t idle_chunks_max = 16;

    explicit DeliveryLane(unsigned index);
    [[nodiscard]] unsigned index() const noexcept { return index_; }
    // Holds from the next commit on.
    void set_staged_bytes_max(size_t bytes) noexcept {
        staged_bytes_max_ = std::min(bytes, staged_bytes_most);
    }

    // What there is for `target`, to be passed to the calls that follow. Valid until the next call
    // of this, or of a commit.
    [[nodiscard]] Staged& stage(Outbound& target) {
        Staged& first = staged_[slots_[slot_of(target)]];
        if (first.target.get() == &target) [[likely]]
            return first;
        return find_stage(target);
    }
    // Memory for up to `size` (<= ChunkPool::chunk_bytes) contiguous bytes, then append_done() with
    // what was used.
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
    // Without a copy.
    void append_shared(Staged& stage, Ref<const SharedBytes> bytes);
    // `head` and `rest`, so that the queue of the connection holds pointers to one copy. `kept` is
    // where the same `rest` was written for another connection; a new Place for new bytes.
    // Requires: together no longer than ChunkPool::chunk_bytes.
    void append_references(Staged& stage, std::span<const std::string_view> head,
                           std::span<const std::string_view> rest, SharedBytesWriter::Place& kept);
    static void count_message(Staged& stage, size_t payload_bytes) noexcept {
        ++stage.counted.messages;
        stage.counted.bytes += payload_bytes;
    }

    // Since the lane was made.
    [[nodiscard]] uint64_t staged_bytes_total() const noexcept { return staged_bytes_total_; }
    [[nodiscard]] bool dirty() const noexcept { return staged_.size() > 1; }
    [[nodiscard]] bool should_commit_early() const noexcept { return staged_room_ < 0; }
    // Gives memory back that a burst has left.
    void trim();
    // One lock and one write per connection that something was staged for.
    void commit();
    // The same for one connection, before its session closes it.
    void commit(Outbound& target);

  private:
    static constexpr size_t slots_min = 64;  // powers of two
    static constexpr size_t slots_max = 65'536;
    static constexpr size_t idle_connections_max = 1024;

    [[nodiscard]] size_t slot_of(const Outbound& target) const noexcept {
        return target.connection_id() & (slots_.size() - 1);
    }
    // The number of what is staged for `target`; 0: nothing is.
    [[nodiscard]] uint32_t number_of(const Outbound& target) const noexcept;
    Staged& find_stage(Outbound& target);
    void grow_slots();
    void commit(Staged& stage);
    Chunk* push_chunk(Staged& stage);
    Chunk* referring_chunk(Staged& stage);

    const unsigned index_;
    ChunkPool pool_;
    SharedBytesWriter shared_;
    size_t staged_bytes_max_ = staged_bytes_most;
    ptrdiff_t staged_room_ = staged_bytes_most;  // until the lane commits early
    uint64_t staged_bytes_total_ = 0;
    // Number 0 is of nobody, so that an empty slot needs no question of its own.
    std::vector<Staged> staged_;
    std::vector<Staged> committing_;
    std::vector<uint32_t> slots_;  // by connection: the first number of a chain
};

}  // namespace midge
