#pragma once
// Pieces of outbound bytes, and the pool that recycles them.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/ref.h"
#include "net/chunk_memory.h"
#include "net/socket.h"

namespace midge {

// A large payload that several connections send. Immutable.
class SharedBytes : public RefCounted {
  public:
    explicit SharedBytes(std::string bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

  private:
    const std::string bytes_;
};

// A view of bytes that another object keeps alive.
struct Reference {
    const char* data = nullptr;
    uint32_t size = 0;
    [[nodiscard]] std::string_view bytes() const noexcept { return {data, size}; }
};

// A piece of bytes to send. The bytes are in the chunk's own memory (right behind the struct), or
// are a part of SharedBytes, or are in several places of a SharedBlock, which the References in the
// own memory list. A chunk has one owner at a time: the pool, a stage, or a connection's queue.
struct Chunk {
    Chunk* next = nullptr;
    const char* data = nullptr;    // null with references
    uint32_t size = 0;             // of all bytes to send
    uint32_t capacity = 0;         // of the own memory; 0 with `shared`
    uint32_t references = 0;       // number of references
    uint32_t sent = 0;             // number of references that are sent
    bool pooled = false;           // its memory belongs to a pool
    bool charged = false;          // shared_bytes count as memory of this chunk (OutboundQueue)
    uint32_t shared_bytes = 0;     // memory of `shared`
    Ref<const RefCounted> shared;  // keeps the target of `data` or of the references alive

    [[nodiscard]] char* own_memory() noexcept { return reinterpret_cast<char*>(this + 1); }
    [[nodiscard]] Reference* own_references() noexcept {
        return reinterpret_cast<Reference*>(this + 1);
    }
    [[nodiscard]] const Reference* own_references() const noexcept {
        return reinterpret_cast<const Reference*>(this + 1);
    }
    // Bytes that can still be appended; 0 for `shared` bytes.
    [[nodiscard]] uint32_t room() const noexcept { return capacity > size ? capacity - size : 0; }
    // Adds a reference to `bytes`, which `shared` keeps. Requires: fewer than references_max.
    void refer_to(std::string_view bytes) noexcept {
        own_references()[references++] = {bytes.data(), static_cast<uint32_t>(bytes.size())};
        size += static_cast<uint32_t>(bytes.size());
    }
};

// A singly linked list in the order of sending.
struct ChunkList {
    Chunk* head = nullptr;
    Chunk* tail = nullptr;
    size_t bytes = 0;

    [[nodiscard]] bool empty() const noexcept { return head == nullptr; }
    void push(Chunk* chunk) noexcept {
        (head == nullptr ? head : tail->next) = chunk;
        tail = chunk;
        bytes += chunk->size;
    }
    // Moves all chunks of `other` to the end of this list.
    void splice(ChunkList& other) noexcept;
    // Removes the first `count` bytes, which have been sent, and frees the chunks that become
    // empty.
    void consume(size_t count) noexcept;
    // Fills `slices` with the bytes to send first, and sets `size` to their number of bytes.
    // Returns the number of slices.
    size_t gather(std::span<IoSlice> slices, size_t& size) const noexcept;
    void clear() noexcept;
};

void free_chunk(Chunk* chunk) noexcept;

// Keeps some free chunks for the next turn. Used by one thread; its chunks may be freed by other
// threads.
class ChunkPool {
  public:
    static constexpr uint32_t chunk_bytes = ChunkMemory::piece_bytes - sizeof(Chunk);
    static constexpr size_t kept_max = 512;
    static constexpr uint32_t references_max = chunk_bytes / sizeof(Reference);

    ChunkPool() = default;
    ChunkPool(const ChunkPool&) = delete;
    ChunkPool& operator=(const ChunkPool&) = delete;
    ~ChunkPool();
    [[nodiscard]] Chunk* take();
    // Takes back chunks whose bytes were sent within the turn.
    void give_back(ChunkList& chunks) noexcept;
    // Frees all free chunks but `kept`.
    void trim(size_t kept) noexcept;

  private:
    Chunk* free_ = nullptr;
    size_t kept_ = 0;
};

// Each throws std::bad_alloc. Returns an empty chunk with memory of a pool:
[[nodiscard]] Chunk* make_pool_chunk();
// Returns a chunk with the unsent bytes of `chunk` (a chunk of a pool) and no room for more:
[[nodiscard]] Chunk* make_tight_chunk(const Chunk& chunk);
[[nodiscard]] Chunk* make_shared_chunk(const Ref<const SharedBytes>& bytes);

// Turns an empty chunk of a pool into one that holds references to memory of `shared`, which has
// `shared_bytes` bytes.
void make_referring(Chunk& chunk, Ref<const RefCounted> shared, size_t shared_bytes) noexcept;

}  // namespace midge
