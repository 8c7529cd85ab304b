#pragma once
// The bytes that a connection's socket has not taken yet.
#include <array>
#include <memory>
#include <span>

#include "net/chunk.h"

namespace midge {

// Keeps bytes in the order of sending, in at most a little more than twice as much memory, whatever
// the sizes of the pieces: small pieces are joined, and pieces that keep much more memory alive
// than is left to send are replaced by copies. Not locked: the Outbound holds its lock.
class OutboundQueue {
  public:
    // held_bytes() may be twice bytes(), plus an eighth of them, plus this slack.
    static constexpr size_t held_slack_bytes = 4 * ChunkMemory::piece_bytes;

    OutboundQueue() = default;
    OutboundQueue(const OutboundQueue&) = delete;
    OutboundQueue& operator=(const OutboundQueue&) = delete;
    ~OutboundQueue() { clear(); }

    [[nodiscard]] bool empty() const noexcept { return chunks_.empty(); }
    [[nodiscard]] size_t bytes() const noexcept { return chunks_.bytes; }
    // The memory that the queue keeps alive. Memory that others keep alive, too, counts in full.
    [[nodiscard]] size_t held_bytes() const noexcept { return held_; }
    // Takes all chunks of `staged`. Chunks that become free go to `unused`. Throws std::bad_alloc.
    void take(ChunkList& staged, ChunkList& unused);
    [[nodiscard]] size_t gather(std::span<IoSlice> slices, size_t& size) const noexcept {
        return chunks_.gather(slices, size);
    }
    // Removes the first `count` bytes, which have been sent.
    void consume(size_t count) noexcept;
    // Releases memory that is too much for the remaining bytes. Requires: called after the last
    // consume() of a write; otherwise a peer that takes almost all bytes would keep the memory.
    // Throws std::bad_alloc.
    void settle();
    void clear() noexcept;

  private:
    // A block that some of the chunks refer to. Its memory counts once, as memory of the last of
    // them.
    struct HeldBlock {
        const RefCounted* block = nullptr;
        Chunk* last = nullptr;
    };
    // The number of blocks, each of another publishing loop, that are remembered. Further blocks
    // may be counted more than once.
    static constexpr size_t held_blocks_max = 4;

    void join(Chunk* chunk, ChunkList& unused);
    void push(Chunk* chunk);
    void push_copy(const Chunk& chunk);
    void copy_bytes(std::string_view bytes);
    void tighten_tail();
    void charge_block(Chunk& chunk);
    [[nodiscard]] HeldBlock* charged_for(const Chunk& chunk) noexcept;
    void forget(const Chunk& chunk) noexcept;
    [[nodiscard]] bool holds_too_much() const noexcept;
    // Copies pieces that keep too much memory alive, or all pieces that are in other memory.
    enum class Copies : uint8_t { sparse, all };
    void compact(Copies what);

    ChunkList chunks_;
    Chunk* before_tail_ = nullptr;  // null: the list has only one chunk
    size_t held_ = 0;
    std::unique_ptr<std::array<HeldBlock, held_blocks_max>> blocks_;  // null: no blocks yet
};

}  // namespace midge
