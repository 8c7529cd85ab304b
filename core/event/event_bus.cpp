#include "event/event_bus.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "event/subjects.h"

namespace midge {
namespace {

// Events taken off the queue at a time: enough to make the lock cheap, few enough that flush() need
// not wait long.
constexpr size_t batch_max = 64;
// How long the first event after a pause waits for others.
constexpr std::chrono::milliseconds gather_time{1};

bool ends_service(const Event& event) {
    return std::holds_alternative<ShutdownEvent>(event) ||
           std::holds_alternative<LameDuckEvent>(event);
}

}  // namespace

EventBus::EventBus(ServerInfo server, Logger& log, size_t queued_max)
    : log_(log), queued_max_(queued_max), server_id_(server.id), server_(std::move(server)) {}

EventBus::~EventBus() {
    stop();
}

void EventBus::start() {
    begin_consuming();
    thread_ = std::thread([this] { consume(); });
}

void EventBus::run() {
    begin_consuming();
    consume();
}

size_t EventBus::drain() {
    size_t total = 0;
    while (const size_t sent = send_batch()) total += sent;
    return total;
}

bool EventBus::push(Event event) {
    uint64_t dropped_in_burst = 0;
    {
        std::lock_guard lock(queue_mutex_);
        if (closed_) return false;
        if (queue_.size() < queued_max_ || ends_service(event)) {
            closed_ = std::holds_alternative<LameDuckEvent>(event);
            queue_.push_back(std::move(event));
            ++accepted_;
            if (std::exchange(idle_, false)) work_.notify_one();
            return true;
        }
        ++dropped_;
        dropped_in_burst = ++dropped_in_burst_;
    }
    if (dropped_in_burst == 1) {
        log_.warn("System events: {} are waiting to be sent, new ones are dropped", queued_max_);
    }
    return false;
}

uint64_t EventBus::dropped() const {
    std::lock_guard lock(queue_mutex_);
    return dropped_;
}

SinkId EventBus::add_sink(std::unique_ptr<EventSink> sink) {
    assert(sink);
    std::lock_guard lock(sinks_mutex_);
    sinks_.push_back({++last_sink_, std::move(sink)});
    return last_sink_;
}

std::unique_ptr<EventSink> EventBus::remove_sink(SinkId id) {
    std::unique_ptr<EventSink> sink;
    {
        std::lock_guard lock(sinks_mutex_);
        const auto found = std::find_if(sinks_.begin(), sinks_.end(),
                                        [id](const Entry& entry) { return entry.id == id; });
        if (found == sinks_.end()) return nullptr;
        sink = std::move(found->sink);
        sinks_.erase(found);
    }
    // Not under the lock: the other sinks need not wait for this one.
    sink->flush();
    return sink;
}

Result<> EventBus::flush(std::chrono::milliseconds timeout) {
    std::unique_lock lock(queue_mutex_);
    if (!consuming_) {
        lock.unlock();
        drain();
        flush_sinks();
        return {};
    }
    const uint64_t wanted = accepted_;
    flush_wanted_ = std::max(flush_wanted_, wanted);
    work_.notify_one();
    if (done_.wait_for(lock, timeout, [&] { return flush_done_ >= wanted; })) return {};
    return fail(Errc::timeout, fmt::format("system events: {} not flushed after {} ms",
                                           wanted - sent_, timeout.count()));
}

void EventBus::stop() {
    std::unique_lock lock(queue_mutex_);
    const bool first = !std::exchange(stopping_, true);
    closed_ = true;
    const bool had_consumer = consuming_;
    work_.notify_one();
    done_.wait(lock, [this] { return !consuming_; });
    lock.unlock();
    if (thread_.joinable()) thread_.join();
    if (first && !had_consumer) {
        drain();
        flush_sinks();
    }
}

ServerInfo EventBus::stamp() {
    std::lock_guard lock(server_mutex_);
    ++server_.seq;
    server_.time = wall_now();
    return server_;
}

void EventBus::set_server(ServerInfo server) {
    assert(server.id == server_id_);
    std::lock_guard lock(server_mutex_);
    server.seq = server_.seq;
    server_ = std::move(server);
}

void EventBus::begin_consuming() {
    std::lock_guard lock(queue_mutex_);
    assert(!consuming_);
    consuming_ = true;
}

void EventBus::consume() {
    std::unique_lock lock(queue_mutex_);
    while (!stopping_ || !queue_.empty()) {
        if (flush_due()) {
            const uint64_t reached = sent_;
            lock.unlock();
            flush_sinks();
            lock.lock();
            flush_done_ = reached;
            done_.notify_all();
        } else if (queue_.empty()) {
            idle_ = true;
            work_.wait(lock, [this] { return !idle_ || stopping_ || flush_due(); });
            // Events come in bursts: whoever pushes the next ones need not wake this thread again.
            if (!stopping_ && !flush_asked()) {
                work_.wait_for(lock, gather_time, [this] { return stopping_ || flush_asked(); });
            }
            idle_ = false;
        } else {
            lock.unlock();
            send_batch();
            lock.lock();
        }
    }
    lock.unlock();
    flush_sinks();
    lock.lock();
    flush_done_ = sent_;
    consuming_ = false;
    done_.notify_all();
}

size_t EventBus::send_batch() {
    std::vector<Event> batch;
    uint64_t gap = 0;
    {
        std::lock_guard lock(queue_mutex_);
        const auto end =
            queue_.begin() + static_cast<std::ptrdiff_t>(std::min(batch_max, queue_.size()));
        batch.assign(std::move_iterator(queue_.begin()), std::move_iterator(end));
        queue_.erase(queue_.begin(), end);
        // Half empty, so that a queue that stays almost full is one burst and not many.
        if (queue_.size() <= queued_max_ / 2) gap = std::exchange(dropped_in_burst_, 0);
    }
    if (gap > 0) log_.warn("System events: {} were dropped, sending new ones again", gap);
    for (const Event& event : batch) {
        std::visit([this](const auto& typed) { send(typed); }, event);
    }
    std::lock_guard lock(queue_mutex_);
    sent_ += batch.size();
    return batch.size();
}

bool EventBus::flush_asked() const {
    return flush_wanted_ > flush_done_;
}

bool EventBus::flush_due() const {
    return flush_wanted_ > flush_done_ && sent_ >= flush_wanted_;
}

void EventBus::flush_sinks() {
    std::lock_guard lock(sinks_mutex_);
    for (const Entry& entry : sinks_) entry.sink->flush();
}

void EventBus::send(const ConnectEvent& event) {
    publish(connect_subject(event.client.account), stamped_json(event));
}

void EventBus::send(const DisconnectEvent& event) {
    publish(disconnect_subject(event.client.account), stamped_json(event));
}

void EventBus::send(const AuthErrorEvent& event) {
    publish(auth_error_subject(server_id_), stamped_json(event));
}

void EventBus::send(const AccountConnsEvent& event) {
    publish(account_conns_old_subject(event.stat.account), stamped_json(event));
    publish(account_conns_subject(event.stat.account), stamped_json(event));
}

void EventBus::send(const StatszEvent& event) {
    publish(statsz_subject(server_id_), stamped_json(event));
}

void EventBus::send(const ShutdownEvent&) {
    publish(shutdown_subject(server_id_), stamped_json());
}

void EventBus::send(const LameDuckEvent&) {
    publish(lame_duck_subject(server_id_), stamped_json());
}

void EventBus::send(const ConfigReloadEvent& event) {
    publish(config_reload_subject(server_id_), stamped_json(event));
}

// Under the lock for the whole of it: copying the `server` object would cost as much as writing it.
template <class... Part>
std::string EventBus::stamped_json(const Part&... event) {
    std::lock_guard lock(server_mutex_);
    ++server_.seq;
    server_.time = wall_now();
    return to_json(event..., server_);
}

void EventBus::publish(std::string_view subject, std::string_view json) {
    std::lock_guard lock(sinks_mutex_);
    ++sequence_;
    for (const Entry& entry : sinks_) entry.sink->publish(subject, json, sequence_);
}

}  // namespace midge
