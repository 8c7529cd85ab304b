// take_chunk_memory() from blocks.
#include "net/chunk_memory.h"

namespace midge {
namespace {

// Never destroyed: a chunk may be given back by what is destroyed later.
ChunkMemory& process_memory() {
    static auto& memory = *new ChunkMemory;
    return memory;
}

}  // namespace

void* take_chunk_memory() {
    return process_memory().take();
}
void give_chunk_memory(void* piece) noexcept {
    process_memory().give_back(piece);
}

}  // namespace midge
