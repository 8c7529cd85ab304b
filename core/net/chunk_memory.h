#pragma once
// Where the memory of chunks comes from.
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace midge {

// Pieces of one size, cut from large aligned blocks that the system may back by huge pages: a slow
// consumer queues up to 64 MiB, and a page fault for each 4 KiB of that costs the other consumers
// of its loop more than the copying does. Safe from any thread; one lock for each call, so a
// ChunkPool stands before it.
class ChunkMemory {
  public:
    static constexpr size_t piece_bytes = 16 * 1024;
    static constexpr size_t block_bytes = 2 * 1024 * 1024;
    // Before a block's pieces is its header, in as much as a piece has.
    static constexpr size_t pieces_per_block = block_bytes / piece_bytes - 1;
    // So many unused blocks stay; further ones go back to the system.
    static constexpr size_t unused_blocks_max = 4;

    // Of pieces that are so many times as large.
    explicit ChunkMemory(size_t pieces_in_one = 1)
        : piece_bytes_(pieces_in_one * piece_bytes),
          pieces_per_block_(pieces_per_block / pieces_in_one) {}
    ChunkMemory(const ChunkMemory&) = delete;
    ChunkMemory& operator=(const ChunkMemory&) = delete;
    // Requires: all pieces are given back.
    ~ChunkMemory();

    // Throws std::bad_alloc.
    [[nodiscard]] void* take();
    void give_back(void* piece) noexcept;
    // Blocks that are mapped now.
    [[nodiscard]] size_t blocks() const;

  private:
    struct Piece {
        Piece* next;
    };
    struct Block {
        Block* next;
        Block* previous;
        Piece* free;
        uint32_t cut;   // pieces that were handed out at least once
        uint32_t used;  // pieces that are out now
    };
    [[nodiscard]] Block* add_block();
    void remove_block(Block* block) noexcept;
    void link(Block* block) noexcept;
    void unlink(Block* block) noexcept;

    const size_t piece_bytes_;
    const size_t pieces_per_block_;
    mutable std::mutex mutex_;
    Block* open_ = nullptr;  // blocks with a piece left, doubly linked
    size_t unused_ = 0;      // of them, blocks with no piece out
    size_t blocks_ = 0;
};

// Memory of ChunkMemory::piece_bytes for a chunk, from one ChunkMemory for the whole process, as
// from malloc: chunks go from thread to thread and outlive whoever took them. With a sanitizer,
// from the heap, so that it sees each chunk.
[[nodiscard]] void* take_chunk_memory();
void give_chunk_memory(void* piece) noexcept;
// The same of SharedBlock::memory_bytes.
[[nodiscard]] void* take_shared_memory();
void give_shared_memory(void* piece) noexcept;

// A block of `bytes` (a power of two) aligned to its size, best backed by huge pages. Throws
// std::bad_alloc. Operating system's file.
[[nodiscard]] void* map_block(size_t bytes);
void unmap_block(void* block, size_t bytes) noexcept;

}  // namespace midge
