#include "net/reactor.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace midge {
namespace {

constexpr uint64_t slot_mask = 0xffffffff;
constexpr int generation_shift = 32;

}  // namespace

Watch::Watch(Watch&& other) noexcept
    : reactor_(std::exchange(other.reactor_, nullptr)), id_(std::exchange(other.id_, 0)) {}

Watch& Watch::operator=(Watch&& other) noexcept {
    Watch taken(std::move(other));
    std::swap(reactor_, taken.reactor_);
    std::swap(id_, taken.id_);
    return *this;
}

Watch::~Watch() {
    if (reactor_ != nullptr) reactor_->forget(id_);
}

void Watch::set_interest(Interest interest) {
    if (reactor_ != nullptr) reactor_->change(id_, interest);
}

Reactor::Reactor(std::unique_ptr<Poller> poller)
    : poller_(std::move(poller)), now_(Clock::now()), thread_(std::this_thread::get_id()) {}

Reactor::~Reactor() {
    // Tasks may own a Watch, so they are destroyed while everything else still exists.
    timer_times_.clear();
    std::exchange(timers_, {}).clear();
    std::exchange(turn_end_, {}).clear();
    std::exchange(posted_, {}).clear();
}

Result<Watch> Reactor::watch(SocketHandle socket, IoHandler& handler, Interest interest) {
    assert(on_own_thread());
    const uint64_t id = make_entry(socket, handler, interest);
    if (socket != no_socket) {
        if (auto set = poller_->set(socket, id, interest); !set) {
            free_entry(id);
            return pass(set);
        }
    }
    return Watch(this, id);
}

void Reactor::notify(uint64_t watch_id, Interest ready) {
    assert(on_own_thread());
    Entry* entry = find(watch_id);
    if (entry == nullptr) return;
    entry->noted = entry->noted | ready;
    list_noted(watch_id, *entry);
}

void Reactor::list_noted(uint64_t id, Entry& entry) {
    if (entry.listed || (entry.noted & entry.interest) == Interest::none) return;
    entry.listed = true;
    notified_.push_back(id);
}

uint64_t Reactor::make_entry(SocketHandle socket, IoHandler& handler, Interest interest) {
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<uint32_t>(entries_.size()));
        entries_.emplace_back();
    }
    const uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    Entry& entry = entries_[slot];
    entry.handler = &handler;
    entry.socket = socket;
    entry.interest = interest;
    entry.noted = Interest::none;
    entry.listed = false;
    return uint64_t{entry.generation} << generation_shift | slot;
}

void Reactor::free_entry(uint64_t id) noexcept {
    const auto slot = static_cast<uint32_t>(id & slot_mask);
    Entry& entry = entries_[slot];
    entry.handler = nullptr;
    if (++entry.generation == 0) entry.generation = 1;  // an id is never 0
    free_slots_.push_back(slot);
}

Reactor::Entry* Reactor::find(uint64_t id) noexcept {
    const uint64_t slot = id & slot_mask;
    if (slot >= entries_.size()) return nullptr;
    Entry& entry = entries_[slot];
    const bool same = entry.generation == id >> generation_shift && entry.handler != nullptr;
    return same ? &entry : nullptr;
}

void Reactor::forget(uint64_t id) noexcept {
    assert(on_own_thread());
    const Entry* entry = find(id);
    assert(entry != nullptr);
    if (entry->socket != no_socket) poller_->remove(entry->socket);
    free_entry(id);
}

void Reactor::change(uint64_t id, Interest interest) {
    assert(on_own_thread());
    Entry* entry = find(id);
    assert(entry != nullptr);
    if (entry->interest == interest) return;
    entry->interest = interest;
    list_noted(id, *entry);
    if (entry->socket != no_socket) apply(id);
}

// The system may be out of memory for a moment. Without another try, the socket would never be
// reported again.
void Reactor::apply(uint64_t id) {
    const Entry* entry = find(id);
    if (entry == nullptr) return;
    if (!poller_->set(entry->socket, id, entry->interest)) {
        after(retry_delay, [this, id] { apply(id); });
    }
}

TimerId Reactor::after(std::chrono::milliseconds delay, Task task) {
    assert(on_own_thread());
    const std::chrono::milliseconds kept =
        std::clamp<std::chrono::milliseconds>(delay, std::chrono::milliseconds::zero(), delay_max);
    const TimerId id = next_timer_++;
    const Clock::time_point time = Clock::now() + kept;
    timers_.emplace(std::pair(time, id), std::move(task));
    timer_times_.emplace(id, time);
    return id;
}

void Reactor::cancel(TimerId timer) noexcept {
    assert(on_own_thread());
    const auto found = timer_times_.find(timer);
    if (found == timer_times_.end()) return;
    // Destroying the task may cancel further timers, so both tables are updated first.
    const auto cancelled = timers_.extract(std::pair(found->second, timer));
    timer_times_.erase(found);
}

void Reactor::at_turn_end(Task task) {
    assert(on_own_thread());
    turn_end_.push_back(std::move(task));
}

void Reactor::post(Task task) {
    {
        const std::lock_guard lock(mutex_);
        posted_.push_back(std::move(task));
    }
    if (sleeping_.exchange(false)) poller_->wake();
}

void Reactor::stop() {
    post([this] { stopping_ = true; });
}

bool Reactor::on_own_thread() const noexcept {
    return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

void Reactor::run() {
    const std::thread::id maker = thread_.exchange(std::this_thread::get_id());
    stopping_ = false;
    now_ = Clock::now();
    run_turn_end();
    while (!stopping_) {
        poller_->wait(prepare_wait(), ready_);
        sleeping_.store(false, std::memory_order_relaxed);
        now_ = Clock::now();
        add_notified();
        dispatch_io();
        run_due_timers();
        run_posted();
        run_turn_end();
    }
    thread_ = maker;
}

std::chrono::milliseconds Reactor::prepare_wait() {
    using std::chrono::milliseconds;
    auto timeout = milliseconds(-1);
    if (!notified_.empty()) return milliseconds::zero();
    if (!timers_.empty()) {
        // Rounded up: a wait that ends slightly early would spin until the timer is due.
        timeout = std::min<milliseconds>(
            std::chrono::ceil<milliseconds>(timers_.begin()->first.first - Clock::now()), wait_max);
        if (timeout <= milliseconds::zero()) return milliseconds::zero();
    }
    sleeping_.store(true);
    const std::lock_guard lock(mutex_);
    return posted_.empty() ? timeout : milliseconds::zero();
}

void Reactor::add_notified() {
    for (const uint64_t id : notified_) {
        Entry* entry = find(id);
        if (entry == nullptr) continue;
        entry->listed = false;
        ready_.push_back({.id = id,
                          .readable = (entry->noted & Interest::read) != Interest::none,
                          .writable = (entry->noted & Interest::write) != Interest::none});
    }
    notified_.clear();
}

void Reactor::dispatch_io() {
    for (const Readiness& ready : ready_) {
        if (ready.readable) call_back(ready.id, Interest::read);
        if (ready.writable) call_back(ready.id, Interest::write);
    }
}

// Looks the entry up before each call, because an earlier callback may have changed or destroyed
// it.
void Reactor::call_back(uint64_t id, Interest what) {
    Entry* entry = find(id);
    if (entry == nullptr || (entry->interest & what) == Interest::none) return;
    entry->noted = without(entry->noted, what);
    IoHandler& handler = *entry->handler;
    what == Interest::read ? handler.on_readable() : handler.on_writable();
}

void Reactor::run_due_timers() {
    // Compares with the time at which the turn began. A timer that a task sets now is later, so a
    // task that sets itself again at once does not block the loop.
    while (!timers_.empty()) {
        const auto& [time, id] = timers_.begin()->first;
        if (time > now_) return;
        timer_times_.erase(id);
        const auto due = timers_.extract(timers_.begin());
        due.mapped()();
    }
}

void Reactor::run_posted() {
    {
        const std::lock_guard lock(mutex_);
        running_.swap(posted_);
    }
    for (Task& task : running_) std::exchange(task, nullptr)();
    running_.clear();
}

void Reactor::run_turn_end() {
    for (size_t i = 0; i < turn_end_.size(); ++i) std::exchange(turn_end_[i], nullptr)();
    turn_end_.clear();
}

}  // namespace midge
