#pragma once
// Pieces of outbound bytes, and where they come from.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/ref.h"
#include "net/chunk_memory.h"
#include "net/socket.h"

namespace midge {

// A large payload that several connections are sent; immutable.
class SharedBytes : public RefCounted {
  public:
    explicit SharedBytes(std::string bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

  private:
    const std::string bytes_;
};

// Bytes that somebody else holds.
struct Reference {
    const char* data = nullptr;
    uint32_t size = 0;
    [[nodiscard]] std::string_view bytes() const noexcept { return {data, size}; }
};

// A piece of bytes to send: in its own memory behind it, a part of SharedBytes, or in many places
// of a SharedBlock that References in its own memory tell. One owner at a time: the pool, a stage,
// or a connection's queue.
struct Chunk {
    Chunk* next = nullptr;
    const char* data = nullptr;    // null with references
    uint32_t size = 0;             // of all bytes to send
    uint32_t capacity = 0;         // of the own memory; 0 with `shared`
    uint32_t references = 0;       // how many there are
    uint32_t sent = 0;             // how many of them are used up
    bool pooled = false;           // its memory is of a pool
    bool charged = false;          // shared_bytes count as memory of this chunk (OutboundQueue)
    uint32_t shared_bytes = 0;     // memory of `shared`
    Ref<const RefCounted> shared;  // keeps what `data` or the references point to

    [[nodiscard]] char* own_memory() noexcept { return reinterpret_cast<char*>(this + 1); }
    [[nodiscard]] Reference* own_references() noexcept {
        return reinterpret_cast<Reference*>(this + 1);
    }
    [[nodiscard]] const Reference* own_references() const noexcept {
        return reinterpret_cast<const Reference*>(this + 1);
    }
    // What can be appended; nothing to `shared` bytes.
    [[nodiscard]] uint32_t room() const noexcept { return capacity > size ? capacity - size : 0; }
    // Adds a reference to `bytes`, which `shared` keeps. Requires: fewer than references_max.
    void refer_to(std::string_view bytes) noexcept {
        own_references()[references++] = {bytes.data(), static_cast<uint32_t>(bytes.size())};
        size += static_cast<uint32_t>(bytes.size());
    }
};

// Singly linked, in order of sending.
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
    // Takes all of `other`.
    void splice(ChunkList& other) noexcept;
    // Takes `count` bytes off the front, which have been sent; frees the chunks that are used up.
    void consume(size_t count) noexcept;
    // Fills `slices` with what is to be sent first; gives how many they are. `size` becomes their
    // bytes.
    size_t gather(std::span<IoSlice> slices, size_t& size) const noexcept;
    void clear() noexcept;
};

void free_chunk(Chunk* chunk) noexcept;

// Keeps some chunks for the next turn. Lives on one thread; the chunks may go to others and be
// freed there.
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
    // Takes the chunks back that were sent within the turn.
    void give_back(ChunkList& chunks) noexcept;
    // Frees all but `kept` chunks.
    void trim(size_t kept) noexcept;

  private:
    Chunk* free_ = nullptr;
    size_t kept_ = 0;
};

// Each throws std::bad_alloc. Empty, as those of a pool:
[[nodiscard]] Chunk* make_pool_chunk();
// What `chunk` of a pool has to send, with no room for more:
[[nodiscard]] Chunk* make_tight_chunk(const Chunk& chunk);
[[nodiscard]] Chunk* make_shared_chunk(const Ref<const SharedBytes>& bytes);

// Makes an empty chunk of a pool one of references to what `shared` keeps in `shared_bytes` of
// memory.
void make_referring(Chunk& chunk, Ref<const RefCounted> shared, size_t shared_bytes) noexcept;

}  // namespace midge
