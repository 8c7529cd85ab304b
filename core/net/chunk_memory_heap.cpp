// take_chunk_memory() and take_shared_memory() with the heap, for builds with a sanitizer.
#include <new>

#include "net/chunk_memory.h"
#include "net/shared_block.h"

namespace midge {

void* take_chunk_memory() {
    return ::operator new(ChunkMemory::piece_bytes);
}
void give_chunk_memory(void* piece) noexcept {
    ::operator delete(piece);
}
void* take_shared_memory() {
    return ::operator new(SharedBlock::memory_bytes);
}
void give_shared_memory(void* piece) noexcept {
    ::operator delete(piece);
}

}  // namespace midge
