#include "net/chunk.h"

#include <algorithm>
#include <new>

namespace midge {
namespace {

// Removes the first `count` bytes of a chunk that has more.
void consume_part(Chunk& chunk, size_t count) noexcept {
    chunk.size -= static_cast<uint32_t>(count);
    if (chunk.references == 0) {
        chunk.data += count;
        return;
    }
    Reference* front = chunk.own_references() + chunk.sent;
    for (; count >= front->size; ++front, ++chunk.sent) count -= front->size;
    front->data += count;
    front->size -= static_cast<uint32_t>(count);
}

}  // namespace

void free_chunk(Chunk* chunk) noexcept {
    const bool pooled = chunk->pooled;
    chunk->~Chunk();
    pooled ? give_chunk_memory(chunk) : ::operator delete(chunk);
}

void ChunkList::splice(ChunkList& other) noexcept {
    if (other.head == nullptr) return;
    (head == nullptr ? head : tail->next) = other.head;
    tail = other.tail;
    bytes += other.bytes;
    other = {};
}

void ChunkList::consume(size_t count) noexcept {
    bytes -= count;
    while (count > 0) {
        Chunk* const front = head;
        if (count < front->size) {
            consume_part(*front, count);
            return;
        }
        count -= front->size;
        head = front->next;
        if (head == nullptr) tail = nullptr;
        free_chunk(front);
    }
}

size_t ChunkList::gather(std::span<IoSlice> slices, size_t& size) const noexcept {
    size_t used = 0;
    size = 0;
    for (Chunk* chunk = head; chunk != nullptr && used < slices.size(); chunk = chunk->next) {
        if (chunk->references == 0) {
            slices[used++] = {chunk->data, chunk->size};
            size += chunk->size;
            continue;
        }
        const Reference* const all = chunk->own_references();
        for (uint32_t i = chunk->sent; i < chunk->references && used < slices.size(); ++i) {
            slices[used++] = {all[i].data, all[i].size};
            size += all[i].size;
        }
    }
    return used;
}

void ChunkList::clear() noexcept {
    while (head != nullptr) {
        Chunk* const next = head->next;
        free_chunk(head);
        head = next;
    }
    tail = nullptr;
    bytes = 0;
}

ChunkPool::~ChunkPool() {
    trim(0);
}

void ChunkPool::trim(size_t kept) noexcept {
    while (kept_ > kept) {
        Chunk* const next = free_->next;
        free_chunk(free_);
        free_ = next;
        --kept_;
    }
}

Chunk* ChunkPool::take() {
    if (free_ != nullptr) {
        Chunk* const chunk = free_;
        free_ = chunk->next;
        --kept_;
        chunk->next = nullptr;
        return chunk;
    }
    return make_pool_chunk();
}

void ChunkPool::give_back(ChunkList& chunks) noexcept {
    while (chunks.head != nullptr) {
        Chunk* const chunk = chunks.head;
        chunks.head = chunk->next;
        if (chunk->capacity != chunk_bytes || kept_ >= kept_max) {
            free_chunk(chunk);
            continue;
        }
        chunk->size = 0;
        chunk->data = chunk->own_memory();
        chunk->next = free_;
        free_ = chunk;
        ++kept_;
    }
    chunks.tail = nullptr;
    chunks.bytes = 0;
}

Chunk* make_pool_chunk() {
    auto* const chunk = new (take_chunk_memory()) Chunk;
    chunk->capacity = ChunkPool::chunk_bytes;
    chunk->pooled = true;
    chunk->data = chunk->own_memory();
    return chunk;
}

Chunk* make_tight_chunk(const Chunk& chunk) {
    const uint32_t references = chunk.references - chunk.sent;
    const size_t bytes = references > 0 ? references * sizeof(Reference) : chunk.size;
    auto* const tight = new (::operator new(sizeof(Chunk) + bytes)) Chunk;
    if (references > 0) {
        std::copy_n(chunk.own_references() + chunk.sent, references, tight->own_references());
    } else {
        std::copy_n(chunk.data, chunk.size, tight->own_memory());
        tight->data = tight->own_memory();
    }
    tight->size = chunk.size;
    tight->capacity = static_cast<uint32_t>(bytes);
    tight->references = references;
    tight->charged = chunk.charged;
    tight->shared_bytes = chunk.shared_bytes;
    tight->shared = chunk.shared;
    return tight;
}

Chunk* make_shared_chunk(const Ref<const SharedBytes>& bytes) {
    auto* const chunk = new (::operator new(sizeof(Chunk))) Chunk;
    chunk->data = bytes->bytes().data();
    chunk->size = chunk->shared_bytes = static_cast<uint32_t>(bytes->bytes().size());
    chunk->shared = bytes;
    return chunk;
}

void make_referring(Chunk& chunk, Ref<const RefCounted> shared, size_t shared_bytes) noexcept {
    chunk.data = nullptr;
    chunk.capacity = 0;
    chunk.shared = std::move(shared);
    chunk.shared_bytes = static_cast<uint32_t>(shared_bytes);
}

}  // namespace midge
