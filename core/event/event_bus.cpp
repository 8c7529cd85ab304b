#include "event/event_bus.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "event/subjects.h"

namespace midge {
namespace {

// The number of events that are taken from the queue at a time: enough to make the lock cheap, and
// few enough for a short flush().
constexpr size_t batch_max = 64;
// The most messages that one event is sent as.
constexpr size_t messages_per_event_max = 2;
// How long the first event after a pause waits for others.
constexpr std::chrono::milliseconds gather_time{1};

// An event that says who the client is.
template <class T>
concept NamesClient = requires(const T& event) {
    event.client.jwt;
};

bool ends_service(const Event& event) {
    return std::holds_alternative<ShutdownEvent>(event) ||
           std::holds_alternative<LameDuckEvent>(event);
}

}  // namespace

EventBus::EventBus(ServerInfo server, Logger& log, size_t queued_max)
    : log_(log), queued_max_(queued_max), server_id_(server.id), server_(std::move(server)) {
    prepared_.reserve(batch_max * messages_per_event_max);
}

EventBus::~EventBus() {
    stop();
}

void EventBus::start() {
    {
        const std::lock_guard lock(queue_mutex_);
        assert(!consuming_);
        consuming_ = true;
    }
    thread_ = std::thread([this] { consume(); });
}

size_t EventBus::drain() {
    resume_sinks();
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
    return add_locked(std::move(sink));
}

std::unique_ptr<EventSink> EventBus::remove_sink(SinkId id) {
    std::unique_ptr<EventSink> sink;
    {
        std::lock_guard lock(sinks_mutex_);
        sink = take_locked(id);
    }
    if (sink == nullptr) return nullptr;
    // Not under the lock: the other sinks need not wait for this one.
    sink->flush();
    sink->on_ready({});
    return sink;
}

std::vector<SinkId> EventBus::replace_sinks(const std::vector<SinkId>& old,
                                            std::vector<std::unique_ptr<EventSink>> sinks) {
    std::vector<SinkId> ids;
    std::vector<std::unique_ptr<EventSink>> gone;
    {
        std::lock_guard lock(sinks_mutex_);
        for (const SinkId id : old) gone.push_back(take_locked(id));
        for (auto& sink : sinks) ids.push_back(add_locked(std::move(sink)));
    }
    for (const auto& sink : gone) {
        if (sink == nullptr) continue;
        sink->flush();
        sink->on_ready({});
    }
    return ids;
}

SinkId EventBus::add_locked(std::unique_ptr<EventSink> sink) {
    sink->on_ready([this] { note_ready(); });
    const bool wants_jwts = sink->wants_jwts();
    sinks_.push_back({++last_sink_, std::move(sink), false, wants_jwts, {}});
    return last_sink_;
}

std::unique_ptr<EventSink> EventBus::take_locked(SinkId id) {
    const auto found = std::find_if(sinks_.begin(), sinks_.end(),
                                    [id](const Entry& entry) { return entry.id == id; });
    if (found == sinks_.end()) return nullptr;
    auto sink = std::move(found->sink);
    sinks_.erase(found);
    return sink;
}

void EventBus::reopen_sinks() {
    {
        const std::lock_guard lock(queue_mutex_);
        reopen_wanted_ = consuming_;
        work_.notify_one();
        if (consuming_) return;
    }
    reopen_now();
}

std::vector<ComponentReport> EventBus::reports() {
    const std::lock_guard lock(sinks_mutex_);
    std::vector<ComponentReport> out;
    for (const Entry& entry : sinks_) {
        ComponentReport report;
        if (entry.sink->report(report)) out.push_back(std::move(report));
    }
    return out;
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

void EventBus::consume() {
    std::unique_lock lock(queue_mutex_);
    while (!stopping_ || !queue_.empty()) {
        if (errand_due()) {
            run_errand(lock);
        } else if (queue_.empty()) {
            idle_ = true;
            work_.wait(lock, [this] { return !idle_ || stopping_ || errand_due(); });
            // Events come in bursts. Waiting a little for further events saves a wake-up for each
            // of them.
            const auto hurries = [this] { return stopping_ || flush_asked() || errand_due(); };
            if (!hurries()) work_.wait_for(lock, gather_time, hurries);
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
        // Only when the queue is half empty, so that a queue that stays almost full is logged as
        // one gap.
        if (queue_.size() <= queued_max_ / 2) gap = std::exchange(dropped_in_burst_, 0);
    }
    if (gap > 0) log_.warn("System events: {} were dropped, sending new ones again", gap);
    {
        std::lock_guard lock(sinks_mutex_);
        for (const Event& event : batch) {
            std::visit([this](const auto& typed) { send(typed); }, event);
        }
        for (Entry& entry : sinks_) {
            if (!entry.batch.empty()) entry.sink->publish(entry.batch);
            entry.batch.clear();
        }
        prepared_.clear();
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

// Whether there is work besides sending events.
bool EventBus::errand_due() const {
    return resume_wanted_ || reopen_wanted_ || flush_due();
}

void EventBus::run_errand(std::unique_lock<std::mutex>& lock) {
    const bool resume = std::exchange(resume_wanted_, false);
    const bool reopen = std::exchange(reopen_wanted_, false);
    const bool flush = flush_due();
    const uint64_t reached = sent_;
    lock.unlock();
    if (resume) resume_sinks();
    if (reopen) reopen_now();
    if (flush) flush_sinks();
    lock.lock();
    if (!flush) return;
    flush_done_ = reached;
    done_.notify_all();
}

void EventBus::flush_sinks() {
    std::lock_guard lock(sinks_mutex_);
    for (const Entry& entry : sinks_) entry.sink->flush();
}

void EventBus::resume_sinks() {
    std::lock_guard lock(sinks_mutex_);
    for (const Entry& entry : sinks_) entry.sink->resume();
}

void EventBus::reopen_now() {
    std::lock_guard lock(sinks_mutex_);
    for (const Entry& entry : sinks_) entry.sink->reopen();
}

void EventBus::note_ready() {
    std::lock_guard lock(queue_mutex_);
    resume_wanted_ = true;
    work_.notify_one();
}

void EventBus::send(const ConnectEvent& event) {
    offer(connect_subject(event.client.account), event);
}

void EventBus::send(const DisconnectEvent& event) {
    offer(disconnect_subject(event.client.account), event);
}

void EventBus::send(const AuthErrorEvent& event) {
    offer(auth_error_subject(server_id_), event);
}

void EventBus::send(const AccountConnsEvent& event) {
    offer(account_conns_old_subject(event.stat.account), event);
    offer(account_conns_subject(event.stat.account), event);
}

void EventBus::send(const StatszEvent& event) {
    offer(statsz_subject(server_id_), event);
}

void EventBus::send(const ShutdownEvent&) {
    offer(shutdown_subject(server_id_));
}

void EventBus::send(const LameDuckEvent&) {
    offer(lame_duck_subject(server_id_));
}

void EventBus::send(const ConfigReloadEvent& event) {
    offer(config_reload_subject(server_id_), event);
}

// Counts the message, and makes it if a sink wants it.
template <class... Part>
void EventBus::offer(std::string subject, const Part&... event) {
    ++sequence_;
    bool jwts = false;
    bool hashes = false;
    for (Entry& entry : sinks_) {
        entry.wants = entry.sink->wants(subject);
        (entry.wants_jwts ? jwts : hashes) |= entry.wants;
    }
    if (!jwts && !hashes) return;
    prepare(std::move(subject), jwts, hashes, event...);
    const Prepared& made = prepared_.back();
    for (Entry& entry : sinks_) {
        if (!entry.wants) continue;
        const bool hash = !entry.wants_jwts && !made.json_with_hash.empty();
        entry.batch.push_back({made.subject, hash ? made.json_with_hash : made.json, sequence_});
    }
}

// Holds the lock all the time, because copying the `server` object would cost as much as writing
// it.
template <class... Part>
void EventBus::prepare(std::string subject, bool jwts, bool hashes, const Part&... event) {
    // Within the reserved room, so that views stay valid.
    assert(prepared_.size() < prepared_.capacity());
    Prepared& made = prepared_.emplace_back(Prepared{std::move(subject), {}, {}});
    const std::lock_guard lock(server_mutex_);
    ++server_.seq;
    server_.time = wall_now();
    if constexpr ((NamesClient<Part> || ...)) {
        if (hashes && (!event.client.jwt.empty() && ...)) {
            made.json_with_hash = to_json(event..., server_, JwtForm::hash);
            if (!jwts) return;
        }
    }
    made.json = to_json(event..., server_);
}

}  // namespace midge
