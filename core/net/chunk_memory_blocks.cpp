// take_chunk_memory() and take_shared_memory() with blocks.
#include "net/chunk_memory.h"
#include "net/shared_block.h"

namespace midge {
namespace {

// Never destroyed, because objects that are destroyed later may still return a chunk.
ChunkMemory& process_memory() {
    static auto& memory = *new ChunkMemory;
    return memory;
}

ChunkMemory& process_shared_memory() {
    static auto& memory = *new ChunkMemory(SharedBlock::memory_pieces);
    return memory;
}

}  // namespace

void* take_chunk_memory() {
    return process_memory().take();
}
void give_chunk_memory(void* piece) noexcept {
    process_memory().give_back(piece);
}
void* take_shared_memory() {
    return process_shared_memory().take();
}
void give_shared_memory(void* piece) noexcept {
    process_shared_memory().give_back(piece);
}

}  // namespace midge
