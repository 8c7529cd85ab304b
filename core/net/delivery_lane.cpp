#include "net/delivery_lane.h"

#include <cstring>
#include <utility>

namespace midge {

DeliveryLane::DeliveryLane(unsigned index)
    : index_(index), staged_(1), committing_(1), slots_(slots_min) {}

uint32_t DeliveryLane::number_of(const Outbound& target) const noexcept {
    uint32_t number = slots_[slot_of(target)];
    while (number != 0 && staged_[number].target.get() != &target) number = staged_[number].next;
    return number;
}

[[gnu::noinline]] Staged& DeliveryLane::find_stage(Outbound& target) {
    if (const uint32_t number = number_of(target)) return staged_[number];
    if (staged_.size() > slots_.size() && slots_.size() < slots_max) grow_slots();
    uint32_t& first = slots_[slot_of(target)];
    Staged& stage = staged_.emplace_back();
    stage.target = Ref<Outbound>(&target);
    stage.next = first;
    first = static_cast<uint32_t>(staged_.size() - 1);
    return stage;
}

void DeliveryLane::grow_slots() {
    slots_.assign(2 * slots_.size(), 0);
    for (uint32_t number = 1; number < staged_.size(); ++number) {
        Staged& stage = staged_[number];
        stage.next = std::exchange(slots_[slot_of(*stage.target)], number);
    }
}

Chunk* DeliveryLane::push_chunk(Staged& stage) {
    Chunk* const chunk = pool_.take();
    stage.chunks.push(chunk);
    return chunk;
}

void DeliveryLane::append(Staged& stage, std::string_view bytes) {
    while (!bytes.empty()) {
        const size_t part = std::min<size_t>(bytes.size(), ChunkPool::chunk_bytes);
        std::memcpy(append_space(stage, part), bytes.data(), part);
        append_done(stage, part);
        bytes.remove_prefix(part);
    }
}

void DeliveryLane::append_shared(Staged& stage, Ref<const SharedBytes> bytes) {
    staged_room_ -= static_cast<ptrdiff_t>(bytes->bytes().size());
    staged_bytes_total_ += bytes->bytes().size();
    stage.chunks.push(make_shared_chunk(bytes));
}

void DeliveryLane::append_references(Staged& stage, std::span<const std::string_view> head,
                                     std::span<const std::string_view> rest,
                                     SharedBytesWriter::Place& kept) {
    const auto bytes_of = [](std::span<const std::string_view> pieces) {
        size_t bytes = 0;
        for (const std::string_view piece : pieces) bytes += piece.size();
        return bytes;
    };
    const size_t head_bytes = bytes_of(head);
    const size_t rest_bytes = bytes_of(rest);
    shared_.make_room(head_bytes + rest_bytes);
    if (!shared_.holds(kept)) kept = shared_.write(rest);
    Chunk& chunk = *referring_chunk(stage);
    SharedBytesWriter::Place start = shared_.write(head);
    if (chunk.references > 0) {
        // Most messages to a connection are for the same subscription as the previous one, and have
        // the same head.
        const std::string_view before = chunk.own_references()[chunk.references - 2].bytes();
        if (before == start.bytes) {
            shared_.take_back(start);
            start.bytes = before;
        }
    }
    chunk.refer_to(start.bytes);
    chunk.refer_to(kept.bytes);
    stage.chunks.bytes += head_bytes + rest_bytes;
    staged_room_ -= static_cast<ptrdiff_t>(head_bytes + rest_bytes);
    staged_bytes_total_ += head_bytes + rest_bytes;
}

// Returns the last chunk of the stage if two more references to the block fit, or else a new chunk.
Chunk* DeliveryLane::referring_chunk(Staged& stage) {
    Chunk* const tail = stage.chunks.tail;
    if (tail != nullptr && tail->references > 0 &&
        tail->references + 2 <= ChunkPool::references_max &&
        tail->shared.get() == shared_.block().get()) {
        return tail;
    }
    Chunk* const chunk = push_chunk(stage);
    make_referring(*chunk, shared_.block(), SharedBlock::memory_bytes);
    return chunk;
}

void DeliveryLane::commit() {
    // A commit may stage more bytes (an event to a session), so all stages are moved out first.
    while (dirty()) {
        committing_.swap(staged_);
        staged_room_ = static_cast<ptrdiff_t>(staged_bytes_max_);
        const std::span<Staged> taken = std::span(committing_).subspan(1);
        for (const Staged& stage : taken) slots_[slot_of(*stage.target)] = 0;
        for (Staged& stage : taken) commit(stage);
        committing_.resize(1);
    }
}

void DeliveryLane::commit(Outbound& target) {
    if (const uint32_t number = number_of(target)) commit(staged_[number]);
}

void DeliveryLane::commit(Staged& stage) {
    if (stage.chunks.empty() && stage.counted.messages == 0)
        return;  // already sent by the other
                 // commit()
    // A reference of its own, because the stage may move while the connection's owner handles an
    // event.
    const Ref<Outbound> target = stage.target;
    ChunkList chunks = std::exchange(stage.chunks, {});
    target->commit(chunks, std::exchange(stage.counted, {}), *now_, pool_);
}

void DeliveryLane::trim() {
    pool_.trim(idle_chunks_max);
    shared_.close();
    if (dirty()) return;
    if (staged_.capacity() > idle_connections_max) std::vector<Staged>(1).swap(staged_);
    if (committing_.capacity() > idle_connections_max) std::vector<Staged>(1).swap(committing_);
    if (slots_.size() > idle_connections_max) std::vector<uint32_t>(slots_min).swap(slots_);
}

}  // namespace midge
