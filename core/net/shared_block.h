#pragma once
// One copy of bytes that many queues refer to.
#include <cassert>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/ref.h"
#include "net/chunk_memory.h"

namespace midge {

// Memory that only its SharedBytesWriter adds to; what is written stays as it is, and may be read
// by any thread that the reference was handed to.
class SharedBlock : public RefCounted {
  public:
    // Of its memory: little beside what a queue holds that refers to it, and four fill a block of
    // ChunkMemory.
    static constexpr size_t memory_pieces = ChunkMemory::pieces_per_block / 4;
    static constexpr size_t memory_bytes = memory_pieces * ChunkMemory::piece_bytes;

    SharedBlock();  // throws std::bad_alloc
    ~SharedBlock() override;
    [[nodiscard]] size_t room() const noexcept { return memory_bytes - used_; }
    [[nodiscard]] std::string_view append(std::span<const std::string_view> pieces) noexcept;
    // Takes back the last `size` bytes, which nobody refers to.
    void take_back(size_t size) noexcept { used_ -= size; }

  private:
    char* const memory_;
    size_t used_ = 0;
};

// Lives on one thread.
class SharedBytesWriter {
  public:
    // Where bytes were written; `block` counts the blocks, so that it is seen when it is another.
    struct Place {
        uint64_t block = 0;  // 0: nowhere
        std::string_view bytes;
    };

    // Starts another block unless this one has `size` bytes left. Requires: no more than a block.
    void make_room(size_t size);
    // Requires: room for them.
    [[nodiscard]] Place write(std::span<const std::string_view> pieces) noexcept {
        return {number_, block_->append(pieces)};
    }
    void take_back(const Place& last) noexcept { block_->take_back(last.bytes.size()); }
    [[nodiscard]] bool holds(const Place& place) const noexcept {
        return place.block == number_ && block_;
    }
    [[nodiscard]] const Ref<SharedBlock>& block() const noexcept { return block_; }
    // Lets go of the block, which its readers keep.
    void close() noexcept { block_ = {}; }

  private:
    Ref<SharedBlock> block_;
    uint64_t number_ = 0;
};

}  // namespace midge
