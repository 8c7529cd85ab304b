#include "net/chunk_memory.h"

#include <cassert>
#include <new>

namespace midge {

ChunkMemory::~ChunkMemory() {
    while (open_ != nullptr) {
        Block* const block = open_;
        assert(block->used == 0);
        unlink(block);
        remove_block(block);
    }
    assert(blocks_ == 0);
}

void* ChunkMemory::take() {
    const std::lock_guard lock(mutex_);
    Block* const block = open_ != nullptr ? open_ : add_block();
    if (block->used++ == 0) --unused_;
    void* piece = block->free;
    if (piece != nullptr) {
        block->free = block->free->next;
    } else {
        piece = reinterpret_cast<char*>(block) + piece_bytes + block->cut++ * piece_bytes_;
    }
    if (block->used == pieces_per_block_) unlink(block);
    return piece;
}

void ChunkMemory::give_back(void* memory) noexcept {
    const auto address = reinterpret_cast<uintptr_t>(memory);
    auto* const block = reinterpret_cast<Block*>(address & ~uintptr_t{block_bytes - 1});
    const std::lock_guard lock(mutex_);
    if (block->used == pieces_per_block_) link(block);
    block->free = new (memory) Piece{block->free};
    if (--block->used > 0) return;
    if (unused_ >= unused_blocks_max) {
        unlink(block);
        remove_block(block);
        return;
    }
    ++unused_;
}

size_t ChunkMemory::blocks() const {
    const std::lock_guard lock(mutex_);
    return blocks_;
}

ChunkMemory::Block* ChunkMemory::add_block() {
    auto* const block = new (map_block(block_bytes)) Block{};
    ++blocks_;
    ++unused_;
    link(block);
    return block;
}

void ChunkMemory::remove_block(Block* block) noexcept {
    --blocks_;
    unmap_block(block, block_bytes);
}

void ChunkMemory::link(Block* block) noexcept {
    block->previous = nullptr;
    block->next = open_;
    if (open_ != nullptr) open_->previous = block;
    open_ = block;
}

void ChunkMemory::unlink(Block* block) noexcept {
    (block->previous != nullptr ? block->previous->next : open_) = block->next;
    if (block->next != nullptr) block->next->previous = block->previous;
}

}  // namespace midge
