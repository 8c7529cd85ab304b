#include "net/outbound.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <new>

namespace midge {

using Clock = std::chrono::steady_clock;

namespace {

constexpr size_t room_part = 2;        // publishers wait while more than max_pending / room_part is
                                       // queued
constexpr size_t room_given_part = 8;  // they continue when an eighth of that is gone

}  // namespace

Outbound::Outbound(uint64_t connection_id, std::unique_ptr<Stream> stream, OutboundOwner& owner,
                   size_t pending_bytes_max)
    : connection_id_(connection_id),
      pending_bytes_max_(pending_bytes_max),
      room_bytes_(pending_bytes_max / room_part),
      owner_(owner),
      stream_(std::move(stream)) {}

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

SteadyClock::time_point Outbound::last_message() const {
    const std::lock_guard lock(mutex_);
    return last_message_;
}

OutboundCounters Outbound::counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
}

std::optional<Clock::time_point> Outbound::stalled_since() {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return std::nullopt;
    look_for_progress();
    return backlog_->last_progress;
}

IoResult::Kind Outbound::write_staged(ChunkList& chunks, ChunkList& sent) {
    while (!chunks.empty()) {
        std::array<IoSlice, io_slices_max> slices;
        size_t offered = 0;
        const size_t count = chunks.gather(slices, offered);
        const IoResult result = stream_->write(slices.data(), count);
        if (result.kind != IoResult::Kind::done) return result.kind;
        if (result.bytes == chunks.bytes) {
            sent.splice(chunks);  // the usual turn: all bytes were sent at once, and the chunks can
                                  // be used again
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
    const bool wants = queued > limit && !(backlog_ && backlog_->given_up);
    if (wants != wanted) wants_room_.store(wants, std::memory_order_relaxed);
}

void Outbound::commit(ChunkList& chunks, const OutboundCounters& counted,
                      SteadyClock::time_point now, ChunkPool& pool) {
    std::optional<OutboundEvent> event;
    ChunkList sent;
    {
        const std::lock_guard lock(mutex_);
        counters_.messages += counted.messages;
        counters_.bytes += counted.bytes;
        if (counted.messages != 0) last_message_ = now;
        if (closed()) {
            sent.splice(chunks);
        } else if (queue_.empty()) {
            const IoResult::Kind kind = write_staged(chunks, sent);
            if (kind == IoResult::Kind::would_block) {
                event = OutboundEvent::wants_writable;
            } else if (kind != IoResult::Kind::done && !failed_) {
                failed_ = true;
                event = OutboundEvent::write_failed;
            }
        }
        if (!chunks.empty() && !enqueue(chunks, sent) && !failed_) {
            failed_ = true;
            event = OutboundEvent::write_failed;
        }
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

// Returns false if there is no memory. Then the connection must end, because a message is cut off.
bool Outbound::enqueue(ChunkList& chunks, ChunkList& sent) noexcept {
    try {
        if (!backlog_) begin_backlog();
        queue_.take(chunks, sent);
        return true;
    } catch (const std::bad_alloc&) {
        chunks.clear();
        return false;
    }
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
        if (queue_.bytes() < before) {
            backlog_->last_progress = Clock::now();
            backlog_->sent_bytes += static_cast<int64_t>(before - queue_.bytes());
        }
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

void Outbound::begin_backlog() {
    backlog_ = std::make_unique<Backlog>();
    backlog_->marked_bytes = taken_bytes();
}

int64_t Outbound::taken_bytes() const noexcept {
    return backlog_->sent_bytes -
           static_cast<int64_t>(socket_unacknowledged(stream_->socket()).value_or(size_t{0}));
}

// Bytes that the socket takes are no sign of progress: the socket takes megabytes for a peer that
// does not read, and nothing from a slow peer until much of its buffer is free. Acknowledged bytes
// are a sign: the peer's system has room for them, apart from a few bytes now and then that fill a
// last gap.
void Outbound::look_for_progress() noexcept {
    const int64_t taken = taken_bytes();
    if (taken - backlog_->marked_bytes < static_cast<int64_t>(progress_bytes_min)) return;
    backlog_->last_progress = backlog_->looked = Clock::now();
    backlog_->stuck_for = {};
    backlog_->marked_bytes = taken;
    backlog_->progressed = true;
    backlog_->given_up = false;
}

void Outbound::give_up_if_stuck() noexcept {
    look_for_progress();
    // After a long time without checks the peer may have had no chance to read, because this
    // process or the machine did not run.
    const auto now = Clock::now();
    backlog_->stuck_for +=
        std::min<Clock::duration>(now - backlog_->looked, 2 * progress_check_interval);
    backlog_->looked = now;
    if (backlog_->stuck_for < (backlog_->progressed ? patience : first_patience)) return;
    backlog_->given_up = true;
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
        if (waits) backlog_->waiters.push_back(waiter);
        freed = take_freed();
    }
    tell(freed);
    return waits;
}

void Outbound::stop_waiting(const RoomWaiter& waiter) {
    const std::lock_guard lock(mutex_);
    if (backlog_) std::erase(backlog_->waiters, waiter);
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
    if (wants_room() || !backlog_) return {};
    auto freed = std::exchange(backlog_->waiters, {});
    if (queue_.empty()) backlog_.reset();
    return freed;
}

void Outbound::tell(const std::vector<RoomWaiter>& freed) {
    for (const RoomWaiter& waiter : freed)
        waiter.owner->on_room(waiter.connection_id, waiter.number);
}

}  // namespace midge
