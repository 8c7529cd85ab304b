#pragma once
// The allocator of chunks.
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace midge {

// Pieces of one size, cut from large aligned blocks for which the system may use huge pages: a slow
// consumer queues up to 64 MiB, and a page fault for each 4 KiB of them would delay the other
// consumers of its loop more than the copying does. Usable from any thread. Each call takes a lock,
// therefore each thread has a ChunkPool in front of it.
class ChunkMemory {
  public:
    static constexpr size_t piece_bytes = 16 * 1024;
    static constexpr size_t block_bytes = 2 * 1024 * 1024;
    // A block begins with its header, which takes the place of one piece.
    static constexpr size_t pieces_per_block = block_bytes / piece_bytes - 1;
    // The number of unused blocks that are kept; more go back to the system.
    static constexpr size_t unused_blocks_max = 4;

    // Makes pieces of `pieces_in_one` times the usual size.
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
        uint32_t used;  // pieces that are handed out now
    };
    [[nodiscard]] Block* add_block();
    void remove_block(Block* block) noexcept;
    void link(Block* block) noexcept;
    void unlink(Block* block) noexcept;

    const size_t piece_bytes_;
    const size_t pieces_per_block_;
    mutable std::mutex mutex_;
    Block* open_ = nullptr;  // doubly linked blocks that have a free piece
    size_t unused_ = 0;      // number of these blocks with no piece handed out
    size_t blocks_ = 0;
};

// Returns memory of ChunkMemory::piece_bytes for a chunk. It comes from one ChunkMemory for the
// whole process, because chunks move between threads and outlive the thread that made them. Builds
// with a sanitizer take it from the heap, so that the sanitizer sees each chunk.
[[nodiscard]] void* take_chunk_memory();
void give_chunk_memory(void* piece) noexcept;
// The same for memory of SharedBlock::memory_bytes.
[[nodiscard]] void* take_shared_memory();
void give_shared_memory(void* piece) noexcept;

// Returns a block of `bytes` (a power of two) that is aligned to its size, with huge pages if
// possible. Throws std::bad_alloc. Implemented for each operating system.
[[nodiscard]] void* map_block(size_t bytes);
void unmap_block(void* block, size_t bytes) noexcept;

}  // namespace midge
