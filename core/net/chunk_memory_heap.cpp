// take_chunk_memory() from the heap, for builds with a sanitizer.
#include <new>

#include "net/chunk_memory.h"

namespace midge {

void* take_chunk_memory() {
    return ::operator new(ChunkMemory::piece_bytes);
}
void give_chunk_memory(void* piece) noexcept {
    ::operator delete(piece);
}

}  // namespace midge
