#pragma once
// Memory for one copy of bytes that many queues refer to.
#include <cassert>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/ref.h"
#include "net/chunk_memory.h"

namespace midge {

// Only its SharedBytesWriter appends to it. Written bytes never change, and any thread that has
// received a reference may read them.
class SharedBlock : public RefCounted {
  public:
    // The block is small compared to the queues that refer to it, and four of them fill a block of
    // ChunkMemory.
    static constexpr size_t memory_pieces = ChunkMemory::pieces_per_block / 4;
    static constexpr size_t memory_bytes = memory_pieces * ChunkMemory::piece_bytes;

    SharedBlock();  // throws std::bad_alloc
    ~SharedBlock() override;
    [[nodiscard]] size_t room() const noexcept { return memory_bytes - used_; }
    [[nodiscard]] std::string_view append(std::span<const std::string_view> pieces) noexcept;
    // Removes the last `size` bytes. Requires: nobody refers to them.
    void take_back(size_t size) noexcept { used_ -= size; }

  private:
    char* const memory_;
    size_t used_ = 0;
};

// Used by one thread.
class SharedBytesWriter {
  public:
    // The place of written bytes. `block` is the number of the block, which shows whether it is
    // still the current one.
    struct Place {
        uint64_t block = 0;  // 0: nowhere
        std::string_view bytes;
    };

    // Starts a new block unless the current one has `size` bytes left. Requires: `size` is at most
    // a block.
    void make_room(size_t size);
    // Requires: make_room() was called for these bytes.
    [[nodiscard]] Place write(std::span<const std::string_view> pieces) noexcept {
        return {number_, block_->append(pieces)};
    }
    void take_back(const Place& last) noexcept { block_->take_back(last.bytes.size()); }
    [[nodiscard]] bool holds(const Place& place) const noexcept {
        return place.block == number_ && block_;
    }
    [[nodiscard]] const Ref<SharedBlock>& block() const noexcept { return block_; }
    // Releases the block. References of readers keep it alive.
    void close() noexcept { block_ = {}; }

  private:
    Ref<SharedBlock> block_;
    uint64_t number_ = 0;
};

}  // namespace midge
