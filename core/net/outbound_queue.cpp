#include "net/outbound_queue.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>

namespace midge {
namespace {

constexpr size_t held_part = 8;  // bytes() / held_part may be held in addition to twice bytes()

bool is_own(const Chunk& chunk) noexcept {
    return chunk.references == 0 && !chunk.shared;
}

char* end_of(Chunk& chunk) noexcept {
    return chunk.own_memory() + (chunk.data - chunk.own_memory()) + chunk.size;
}

size_t room_behind(Chunk& chunk) noexcept {
    return static_cast<size_t>(chunk.own_memory() + chunk.capacity - end_of(chunk));
}

void append_to(Chunk& chunk, std::string_view bytes) noexcept {
    std::memcpy(end_of(chunk), bytes.data(), bytes.size());
    chunk.size += static_cast<uint32_t>(bytes.size());
}

size_t memory_of(const Chunk& chunk) noexcept {
    const size_t own = chunk.pooled ? ChunkMemory::piece_bytes : sizeof(Chunk) + chunk.capacity;
    return own + (chunk.charged ? chunk.shared_bytes : 0);
}

Chunk* pop_front(ChunkList& chunks) noexcept {
    Chunk* const front = chunks.head;
    chunks.head = front->next;
    if (chunks.head == nullptr) chunks.tail = nullptr;
    chunks.bytes -= front->size;
    front->next = nullptr;
    return front;
}

// Appends the unsent bytes of `chunk` to `tail`, if they fit.
bool add_to(Chunk& tail, const Chunk& chunk) noexcept {
    if (is_own(tail) && is_own(chunk)) {
        if (room_behind(tail) < chunk.size) return false;
        append_to(tail, {chunk.data, chunk.size});
        return true;
    }
    const uint32_t more = chunk.references - chunk.sent;
    if (more == 0 || tail.references == 0 || tail.shared.get() != chunk.shared.get() ||
        !tail.pooled || tail.references + more > ChunkPool::references_max)
        return false;
    std::copy_n(chunk.own_references() + chunk.sent, more, tail.own_references() + tail.references);
    tail.references += more;
    tail.size += chunk.size;
    return true;
}

// Whether `bytes` are too few for the memory that they keep alive.
bool is_sparse(size_t bytes, size_t memory) noexcept {
    return bytes < memory / 2 + memory / held_part;
}

}  // namespace

void OutboundQueue::take(ChunkList& staged, ChunkList& unused) {
    while (staged.head != nullptr) join(pop_front(staged), unused);
    settle();
}

void OutboundQueue::join(Chunk* chunk, ChunkList& unused) {
    if (chunks_.tail == nullptr || !add_to(*chunks_.tail, *chunk)) {
        push(chunk);
        return;
    }
    chunks_.bytes += chunk->size;
    unused.push(chunk);
}

void OutboundQueue::push(Chunk* chunk) {
    if (chunks_.tail != nullptr && !(is_own(*chunks_.tail) && is_own(*chunk))) tighten_tail();
    before_tail_ = chunks_.tail;
    chunks_.push(chunk);
    if (chunk->references > 0) {
        charge_block(*chunk);
    } else {
        chunk->charged = static_cast<bool>(chunk->shared);
    }
    held_ += memory_of(*chunk);
}

// Two neighbouring chunks with own memory are together more than half full. A single one, or one
// with references, may be almost empty.
void OutboundQueue::tighten_tail() {
    Chunk* const tail = chunks_.tail;
    const size_t used = tail->references > 0 ? tail->references * sizeof(Reference) : tail->size;
    if (!tail->pooled || used >= ChunkPool::chunk_bytes / 2) return;
    Chunk* const tight = make_tight_chunk(*tail);
    held_ += memory_of(*tight);
    held_ -= memory_of(*tail);
    (before_tail_ != nullptr ? before_tail_->next : chunks_.head) = tight;
    chunks_.tail = tight;
    if (HeldBlock* const known = charged_for(*tail)) known->last = tight;
    free_chunk(tail);
}

void OutboundQueue::charge_block(Chunk& chunk) {
    if (!blocks_) blocks_ = std::make_unique<std::array<HeldBlock, held_blocks_max>>();
    const auto known = std::ranges::find(*blocks_, chunk.shared.get(), &HeldBlock::block);
    chunk.charged = true;
    if (known != blocks_->end()) {
        known->last->charged = false;
        held_ -= chunk.shared_bytes;
        known->last = &chunk;
        return;
    }
    std::rotate(blocks_->begin(), blocks_->end() - 1, blocks_->end());
    blocks_->front() = {chunk.shared.get(), &chunk};
}

// Called before the chunk is freed.
void OutboundQueue::forget(const Chunk& chunk) noexcept {
    held_ -= memory_of(chunk);
    if (before_tail_ == &chunk) before_tail_ = nullptr;
    if (HeldBlock* const known = charged_for(chunk)) *known = {};
}

// Returns null if the chunk's memory does not include a block, or if the block is no longer
// remembered.
OutboundQueue::HeldBlock* OutboundQueue::charged_for(const Chunk& chunk) noexcept {
    if (!blocks_ || !chunk.charged) return nullptr;
    const auto known = std::ranges::find(*blocks_, &chunk, &HeldBlock::last);
    return known != blocks_->end() ? &*known : nullptr;
}

void OutboundQueue::consume(size_t count) noexcept {
    while (chunks_.head != nullptr && count >= chunks_.head->size) {
        Chunk* const front = pop_front(chunks_);
        count -= front->size;
        forget(*front);
        free_chunk(front);
    }
    if (count > 0) chunks_.consume(count);
}

bool OutboundQueue::holds_too_much() const noexcept {
    const size_t bytes = chunks_.bytes;
    return held_ > 2 * bytes + bytes / held_part + held_slack_bytes;
}

void OutboundQueue::settle() {
    if (holds_too_much()) compact(Copies::sparse);
    // Many loops publish in turn, and each of their blocks is used mostly by this queue.
    if (holds_too_much()) compact(Copies::all);
}

void OutboundQueue::compact(Copies what) {
    std::unordered_map<const RefCounted*, size_t> referred;  // referenced bytes by block
    for (const Chunk* chunk = chunks_.head; chunk != nullptr; chunk = chunk->next) {
        if (chunk->references > 0) referred[chunk->shared.get()] += chunk->size;
    }
    ChunkList old = std::exchange(chunks_, {}), unused;
    before_tail_ = nullptr;
    held_ = 0;
    blocks_.reset();
    while (old.head != nullptr) {
        Chunk* const chunk = pop_front(old);
        const size_t used = chunk->references > 0 ? referred[chunk->shared.get()] : chunk->size;
        const bool copied = what == Copies::all || is_sparse(used, chunk->shared_bytes);
        if (!is_own(*chunk) && copied) {
            push_copy(*chunk);
            free_chunk(chunk);
        } else {
            join(chunk, unused);
        }
    }
    unused.clear();
}

void OutboundQueue::push_copy(const Chunk& chunk) {
    if (chunk.references == 0) copy_bytes({chunk.data, chunk.size});
    for (uint32_t i = chunk.sent; i < chunk.references; ++i)
        copy_bytes(chunk.own_references()[i].bytes());
}

void OutboundQueue::copy_bytes(std::string_view bytes) {
    while (!bytes.empty()) {
        Chunk* const tail = chunks_.tail;
        const size_t room = tail != nullptr && is_own(*tail) ? room_behind(*tail) : 0;
        if (room == 0) {
            push(make_pool_chunk());
            continue;
        }
        const std::string_view part = bytes.substr(0, room);
        append_to(*tail, part);
        chunks_.bytes += part.size();
        bytes.remove_prefix(part.size());
    }
}

void OutboundQueue::clear() noexcept {
    chunks_.clear();
    before_tail_ = nullptr;
    held_ = 0;
    blocks_.reset();
}

}  // namespace midge
