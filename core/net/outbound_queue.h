#pragma once
// What a connection's socket has not taken yet.
#include <array>
#include <memory>
#include <span>

#include "net/chunk.h"

namespace midge {

// Keeps bytes in the order of sending, in memory that is at most a little more than twice as much,
// whatever the pieces in which they came: small ones are joined, and what keeps alive much more
// than is still to be sent is replaced by a copy. No lock: its Outbound's holds.
class OutboundQueue {
  public:
    // held_bytes() may be twice bytes(), an eighth of them, and so much.
    static constexpr size_t held_slack_bytes = 4 * ChunkMemory::piece_bytes;

    OutboundQueue() = default;
    OutboundQueue(const OutboundQueue&) = delete;
    OutboundQueue& operator=(const OutboundQueue&) = delete;
    ~OutboundQueue() { clear(); }

    [[nodiscard]] bool empty() const noexcept { return chunks_.empty(); }
    [[nodiscard]] size_t bytes() const noexcept { return chunks_.bytes; }
    // The memory that it keeps. What others keep too counts in full.
    [[nodiscard]] size_t held_bytes() const noexcept { return held_; }
    // Takes all of `staged`. Chunks that are free then go to `unused`. Throws std::bad_alloc.
    void take(ChunkList& staged, ChunkList& unused);
    [[nodiscard]] size_t gather(std::span<IoSlice> slices, size_t& size) const noexcept {
        return chunks_.gather(slices, size);
    }
    // Takes `count` bytes off the front, which have been sent.
    void consume(size_t count) noexcept;
    // Lets go of what holds too much for what is left. After the last consume() of a write, or the
    // memory of a peer that takes almost all would stay. Throws std::bad_alloc.
    void settle();
    void clear() noexcept;

  private:
    // A block that some of the chunks refer to: it counts once, as memory of the last of them.
    struct HeldBlock {
        const RefCounted* block = nullptr;
        Chunk* last = nullptr;
    };
    // Loops that publish to it by turns; a block of another one counts again.
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
    // Copies what keeps alive more than it should, or all that is kept elsewhere.
    enum class Copies : uint8_t { sparse, all };
    void compact(Copies what);

    ChunkList chunks_;
    Chunk* before_tail_ = nullptr;  // null: the tail is the head
    size_t held_ = 0;
    std::unique_ptr<std::array<HeldBlock, held_blocks_max>> blocks_;  // null: none yet
};

}  // namespace midge
