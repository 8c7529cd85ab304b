#include "net/outbound.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace midge {

using Clock = std::chrono::steady_clock;

namespace {

constexpr size_t room_part = 2;        // of max_pending, above which publishers wait
constexpr size_t room_given_part = 8;  // of that, which has to go before they go on

}  // namespace

Outbound::Outbound(uint64_t connection_id, std::unique_ptr<Stream> stream, OutboundOwner& owner,
                   unsigned lanes, size_t pending_bytes_max)
    : connection_id_(connection_id),
      pending_bytes_max_(pending_bytes_max),
      room_bytes_(pending_bytes_max / room_part),
      owner_(owner),
      stream_(std::move(stream)),
      stages_(std::make_unique<Stage[]>(lanes)) {}

// A lane that staged something holds a reference until its commit, so that every stage is empty
// here.
Outbound::~Outbound() = default;

size_t Outbound::pending_bytes() const {
    const std::lock_guard lock(mutex_);
    return queue_.bytes();
}

size_t Outbound::held_bytes() const {
    const std::lock_guard lock(mutex_);
    return queue_.held_bytes();
}

std::string Outbound::peer_name() const {
    const std::lock_guard lock(mutex_);
    return peer_name_;
}

void Outbound::set_peer_name(std::string name) {
    const std::lock_guard lock(mutex_);
    peer_name_ = std::move(name);
}

std::string Outbound::log_prefix() const {
    const std::lock_guard lock(mutex_);
    return log_prefix_ ? *log_prefix_ : std::string();
}

void Outbound::set_log_prefix(std::string prefix) {
    const std::lock_guard lock(mutex_);
    log_prefix_ = std::make_unique<const std::string>(std::move(prefix));
}

OutboundCounters Outbound::counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
}

std::optional<Clock::time_point> Outbound::stalled_since() {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return std::nullopt;
    look_for_progress();
    return last_progress_;
}

IoResult::Kind Outbound::write_staged(ChunkList& chunks, ChunkList& sent) {
    while (!chunks.empty()) {
        std::array<IoSlice, io_slices_max> slices;
        size_t offered = 0;
        const size_t count = chunks.gather(slices, offered);
        const IoResult result = stream_->write(slices.data(), count);
        if (result.kind != IoResult::Kind::done) return result.kind;
        if (result.bytes == chunks.bytes) {
            sent.splice(
                chunks);  // the usual turn: all went out at once, and the chunks are used again
        } else {
            chunks.consume(result.bytes);
        }
        if (result.bytes < offered) return IoResult::Kind::would_block;
    }
    return IoResult::Kind::done;
}

IoResult::Kind Outbound::write_queue() {
    while (!queue_.empty()) {
        std::array<IoSlice, io_slices_max> slices;
        size_t offered = 0;
        const size_t count = queue_.gather(slices, offered);
        const IoResult result = stream_->write(slices.data(), count);
        if (result.kind != IoResult::Kind::done) return result.kind;
        queue_.consume(result.bytes);
        if (result.bytes < offered) return IoResult::Kind::would_block;
    }
    return IoResult::Kind::done;
}

void Outbound::note_uptake() noexcept {
    const Uptake before = uptake();
    if (before == Uptake::closed) return;
    const size_t queued = queue_.bytes();
    const Uptake now = queued > pending_bytes_max_ / 4 * 3            ? Uptake::stuck
                       : queued >= slow_bytes || queued > room_bytes_ ? Uptake::slow
                                                                      : Uptake::prompt;
    if (now != before) uptake_.store(now, std::memory_order_release);
    const bool wanted = wants_room();
    const size_t limit = wanted ? room_bytes_ - room_bytes_ / room_given_part : room_bytes_;
    const bool wants = queued > limit && !given_up_;
    if (wants != wanted) wants_room_.store(wants, std::memory_order_relaxed);
}

void Outbound::commit(Stage& stage, ChunkPool& pool) {
    std::optional<OutboundEvent> event;
    ChunkList sent;
    {
        const std::lock_guard lock(mutex_);
        stage.listed = false;
        counters_.messages += stage.counted.messages;
        counters_.bytes += stage.counted.bytes;
        stage.counted = {};
        if (closed()) {
            sent.splice(stage.chunks);
        } else if (queue_.empty()) {
            const IoResult::Kind kind = write_staged(stage.chunks, sent);
            if (kind == IoResult::Kind::would_block) {
                begin_queue();
                event = OutboundEvent::wants_writable;
            } else if (kind != IoResult::Kind::done && !failed_) {
                failed_ = true;
                event = OutboundEvent::write_failed;
            }
        }
        queue_.take(stage.chunks, sent);
        note_uptake();
        if (queue_.bytes() > pending_bytes_max_ && !closed()) {
            note_closed();
            event = OutboundEvent::slow_consumer;
        }
        if (failed_) note_closed();
    }
    pool.give_back(sent);
    if (event) owner_.on_outbound_event(connection_id_, *event);
}

bool Outbound::write_queued() {
    bool failed_now = false;
    bool all_out = false;
    std::vector<RoomWaiter> freed;
    {
        const std::lock_guard lock(mutex_);
        if (failed_) return true;
        const size_t before = queue_.bytes();
        const IoResult::Kind kind = write_queue();
        if (queue_.bytes() < before) last_progress_ = Clock::now();
        sent_bytes_ += static_cast<int64_t>(before - queue_.bytes());
        queue_.settle();
        if (!queue_.empty()) look_for_progress();
        note_uptake();
        all_out = queue_.empty();
        if (kind == IoResult::Kind::closed || kind == IoResult::Kind::failed) {
            failed_ = failed_now = true;
            note_closed();
        }
        freed = take_freed();
    }
    tell(freed);
    if (failed_now) owner_.on_outbound_event(connection_id_, OutboundEvent::write_failed);
    return all_out || failed_now;
}

void Outbound::shutdown() noexcept {
    std::vector<RoomWaiter> freed;
    {
        const std::lock_guard lock(mutex_);
        note_closed();
        if (!failed_) {
            failed_ = true;
            (void)write_queue();
        }
        queue_.clear();
        stream_->close();
        freed = take_freed();
    }
    tell(freed);
}

void Outbound::begin_queue() noexcept {
    last_progress_ = looked_ = Clock::now();
    stuck_for_ = {};
    sent_bytes_ = 0;
    marked_bytes_ = taken_bytes();
    progressed_ = given_up_ = false;
}

int64_t Outbound::taken_bytes() const noexcept {
    return sent_bytes_ -
           static_cast<int64_t>(socket_unacknowledged(stream_->socket()).value_or(size_t{0}));
}

// What the socket takes says little: it takes megabytes for a peer that does not read, and from a
// slow one nothing until a good part of its memory is free. What the peer's system acknowledges it
// has room for, but for some bytes now and then that find a last gap.
void Outbound::look_for_progress() noexcept {
    const int64_t taken = taken_bytes();
    if (taken - marked_bytes_ < static_cast<int64_t>(progress_bytes_min)) return;
    last_progress_ = looked_ = Clock::now();
    stuck_for_ = {};
    marked_bytes_ = taken;
    progressed_ = true;
    given_up_ = false;
}

void Outbound::give_up_if_stuck() noexcept {
    look_for_progress();
    // When nobody could look for long, the peer may not have had a chance either: this process, or
    // the machine, did not run.
    const auto now = Clock::now();
    stuck_for_ += std::min<Clock::duration>(now - looked_, 2 * progress_check_interval);
    looked_ = now;
    if (stuck_for_ < (progressed_ ? patience : first_patience)) return;
    given_up_ = true;
    note_uptake();
}

bool Outbound::wait_for_room(const RoomWaiter& waiter) {
    std::vector<RoomWaiter> freed;
    bool waits = false;
    {
        const std::lock_guard lock(mutex_);
        if (!wants_room()) return false;
        give_up_if_stuck();
        waits = wants_room();
        if (waits) waiters_.push_back(waiter);
        freed = take_freed();
    }
    tell(freed);
    return waits;
}

void Outbound::stop_waiting(const RoomWaiter& waiter) {
    const std::lock_guard lock(mutex_);
    std::erase(waiters_, waiter);
}

void Outbound::check_progress() {
    std::vector<RoomWaiter> freed;
    {
        const std::lock_guard lock(mutex_);
        if (wants_room()) give_up_if_stuck();
        freed = take_freed();
    }
    tell(freed);
}

std::vector<RoomWaiter> Outbound::take_freed() noexcept {
    return wants_room() ? std::vector<RoomWaiter>() : std::exchange(waiters_, {});
}

void Outbound::tell(const std::vector<RoomWaiter>& freed) {
    for (const RoomWaiter& waiter : freed)
        waiter.owner->on_room(waiter.connection_id, waiter.number);
}

void DeliveryLane::list(Outbound& target, Outbound::Stage& stage) {
    stage.listed = true;
    dirty_.emplace_back(&target);
}

Chunk* DeliveryLane::push_chunk(Outbound::Stage& stage) {
    Chunk* const chunk = pool_.take();
    stage.chunks.push(chunk);
    return chunk;
}

void DeliveryLane::append(Outbound& target, std::string_view bytes) {
    while (!bytes.empty()) {
        const size_t part = std::min<size_t>(bytes.size(), ChunkPool::chunk_bytes);
        std::memcpy(append_space(target, part), bytes.data(), part);
        append_done(target, part);
        bytes.remove_prefix(part);
    }
}

void DeliveryLane::append_shared(Outbound& target, Ref<const SharedBytes> bytes) {
    Outbound::Stage& stage = target.stages_[index_];
    if (!stage.listed) list(target, stage);
    staged_room_ -= static_cast<ptrdiff_t>(bytes->bytes().size());
    staged_bytes_total_ += bytes->bytes().size();
    stage.chunks.push(make_shared_chunk(bytes));
}

void DeliveryLane::append_references(Outbound& target, std::span<const std::string_view> head,
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
    Outbound::Stage& stage = target.stages_[index_];
    if (!stage.listed) list(target, stage);
    Chunk& chunk = *referring_chunk(stage);
    SharedBytesWriter::Place start = shared_.write(head);
    if (chunk.references > 0) {
        // Most messages of a connection are for one subscription.
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

// The last chunk of the stage, if two more references to the block fit; else a new one.
Chunk* DeliveryLane::referring_chunk(Outbound::Stage& stage) {
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
    // A commit may lead to further staging (an event to a session), so the list is taken first.
    while (!dirty_.empty()) {
        committing_.swap(dirty_);
        staged_room_ = static_cast<ptrdiff_t>(staged_bytes_max_);
        for (const Ref<Outbound>& target : committing_)
            target->commit(target->stages_[index_], pool_);
        committing_.clear();
    }
}

void DeliveryLane::commit(Outbound& target) {
    Outbound::Stage& stage = target.stages_[index_];
    if (stage.listed) target.commit(stage, pool_);
}

}  // namespace midge
