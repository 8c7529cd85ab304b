// Large blocks of memory (Linux).
#include <sys/mman.h>

#include <cstdint>
#include <new>

#include "net/chunk_memory.h"

namespace midge {

void* map_block(size_t bytes) {
    // A mapping of twice the size contains an aligned block; the rest is unmapped at once.
    void* const mapped =
        ::mmap(nullptr, 2 * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    const auto start = reinterpret_cast<uintptr_t>(mapped);
    const uintptr_t block = (start + bytes - 1) & ~uintptr_t{bytes - 1};
    if (block > start) ::munmap(mapped, block - start);
    const uintptr_t end = start + 2 * bytes;
    if (block + bytes < end) ::munmap(reinterpret_cast<void*>(block + bytes), end - block - bytes);
    // Only advice: without huge pages the memory works all the same.
    (void)::madvise(reinterpret_cast<void*>(block), bytes, MADV_HUGEPAGE);
    return reinterpret_cast<void*>(block);
}

void unmap_block(void* block, size_t bytes) noexcept {
    ::munmap(block, bytes);
}

}  // namespace midge
