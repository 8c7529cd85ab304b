// Large blocks of memory (Windows).
#include <windows.h>

#include <cstdint>
#include <new>

#include "net/chunk_memory.h"

namespace midge {

// Large pages need a privilege that services do not have, therefore this uses normal pages.
void* map_block(size_t bytes) {
    // Reserves twice the size, which contains an aligned block, releases it, and asks for that
    // block. Another thread may take the place in between, but not a hundred times in a row.
    constexpr int tries_max = 100;
    for (int i = 0; i < tries_max; ++i) {
        void* const room = ::VirtualAlloc(nullptr, 2 * bytes, MEM_RESERVE, PAGE_NOACCESS);
        if (room == nullptr) break;
        ::VirtualFree(room, 0, MEM_RELEASE);
        const uintptr_t aligned =
            (reinterpret_cast<uintptr_t>(room) + bytes - 1) & ~uintptr_t{bytes - 1};
        void* const block = ::VirtualAlloc(reinterpret_cast<void*>(aligned), bytes,
                                           MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        if (block != nullptr) return block;
    }
    throw std::bad_alloc();
}

void unmap_block(void* block, size_t /*bytes*/) noexcept {
    ::VirtualFree(block, 0, MEM_RELEASE);
}

}  // namespace midge
