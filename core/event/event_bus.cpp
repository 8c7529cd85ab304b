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

size_t EventBus::waiting() const {
    std::lock_guard lock(queue_mutex_);
    return queue_.size();
}

uint64_t EventBus::dropped() const {
    std::lock_guard lock(queue_mutex_);
    return dropped_;
}

SinkId EventBus::add_sink(std::unique_ptr<EventSink> sink) {
    assert(sink);
    std::vector<std::unique_ptr<EventSink>> sinks;
    sinks.push_back(std::move(sink));
    return replace_sinks({}, std::move(sinks)).front();
}

std::shared_ptr<EventSink> EventBus::remove_sink(SinkId id) {
    Replaced replaced = begin_replacing({id}, {});
    if (replaced.gone_.empty()) return nullptr;
    const std::shared_ptr<Entry> gone = replaced.gone_.front();
    finish_replacing(std::move(replaced));
    return {gone, gone->sink.get()};
}

std::vector<SinkId> EventBus::replace_sinks(const std::vector<SinkId>& old,
                                            std::vector<std::unique_ptr<EventSink>> sinks) {
    return finish_replacing(begin_replacing(old, std::move(sinks)));
}

EventBus::Replaced EventBus::begin_replacing(const std::vector<SinkId>& old,
                                             std::vector<std::unique_ptr<EventSink>> sinks,
                                             std::optional<ServerInfo> server) {
    Replaced replaced;
    Sinks added;
    for (auto& sink : sinks) {
        sink->on_ready([this] { note_ready(); });
        added.push_back(std::make_shared<Entry>());
        added.back()->wants_jwts = sink->wants_jwts();
        added.back()->sink = std::move(sink);
    }
    const std::lock_guard lock(queue_mutex_);
    Sinks now;
    for (const std::shared_ptr<Entry>& entry : newest_sinks()) {
        const bool goes = std::find(old.begin(), old.end(), entry->id) != old.end();
        (goes ? replaced.gone_ : now).push_back(entry);
    }
    for (const std::shared_ptr<Entry>& entry : added) {
        entry->id = ++last_sink_;
        replaced.ids_.push_back(entry->id);
        now.push_back(entry);
    }
    replaced.number_ = use_next(std::move(now), std::move(server));
    return replaced;
}

std::vector<SinkId> EventBus::finish_replacing(Replaced replaced) {
    wait_for_sinks(replaced.number_);
    for (const std::shared_ptr<Entry>& entry : replaced.gone_) let_go(*entry->sink);
    return std::move(replaced.ids_);
}

// Nobody sends it events any more.
void EventBus::let_go(EventSink& sink) {
    sink.flush();
    sink.on_ready({});
}

const EventBus::Sinks& EventBus::newest_sinks() const {
    return next_sinks_.empty() ? sinks_ : next_sinks_.back().sinks;
}

uint64_t EventBus::use_next(Sinks sinks, std::optional<ServerInfo> server) {
    next_sinks_.push_back({accepted_, ++sinks_number_, std::move(sinks), std::move(server)});
    if (consuming_) {
        work_.notify_one();
    } else {
        take_next_sinks();  // nobody else sends: what is queued is for the new ones
    }
    return sinks_number_;
}

bool EventBus::next_sinks_due() const {
    return !next_sinks_.empty() && next_sinks_.front().after <= sent_;
}

void EventBus::take_next_sinks() {
    while (next_sinks_due() || (!consuming_ && !next_sinks_.empty())) {
        NextSinks& next = next_sinks_.front();
        sinks_ = std::move(next.sinks);
        sinks_in_use_ = next.number;
        if (next.server) set_server(std::move(*next.server));
        next_sinks_.pop_front();
    }
    done_.notify_all();
}

EventBus::Sinks EventBus::current_sinks() {
    const std::lock_guard lock(queue_mutex_);
    return sinks_;
}

void EventBus::wait_for_sinks(uint64_t number) {
    std::unique_lock lock(queue_mutex_);
    done_.wait(lock, [&] { return sinks_in_use_ >= number; });
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
    std::vector<ComponentReport> out;
    for (const std::shared_ptr<Entry>& entry : current_sinks()) {
        ComponentReport report;
        if (entry->sink->report(report)) out.push_back(std::move(report));
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

ServerInfo EventBus::server() const {
    std::lock_guard lock(server_mutex_);
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
    take_next_sinks();  // all are due
    lock.unlock();
    flush_sinks();
    lock.lock();
    flush_done_ = sent_;
    consuming_ = false;
    take_next_sinks();
    done_.notify_all();
}

size_t EventBus::send_batch() {
    std::vector<Event> batch;
    uint64_t gap = 0;
    {
        std::lock_guard lock(queue_mutex_);
        if (next_sinks_due()) take_next_sinks();
        sending_to_ = sinks_;
        uint64_t count = std::min(batch_max, queue_.size());
        if (!next_sinks_.empty()) count = std::min(count, next_sinks_.front().after - sent_);
        const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
        batch.assign(std::move_iterator(queue_.begin()), std::move_iterator(end));
        queue_.erase(queue_.begin(), end);
        // Only when the queue is half empty, so that a queue that stays almost full is logged as
        // one gap.
        if (queue_.size() <= queued_max_ / 2) gap = std::exchange(dropped_in_burst_, 0);
    }
    if (gap > 0) log_.warn("System events: {} were dropped, sending new ones again", gap);
    for (const Event& event : batch) {
        std::visit([this](const auto& typed) { send(typed); }, event);
    }
    for (const std::shared_ptr<Entry>& entry : sending_to_) {
        if (!entry->batch.empty()) entry->sink->publish(entry->batch);
        entry->batch.clear();
    }
    prepared_.clear();
    sending_to_.clear();
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
    return resume_wanted_ || reopen_wanted_ || flush_due() || next_sinks_due();
}

void EventBus::run_errand(std::unique_lock<std::mutex>& lock) {
    if (next_sinks_due()) take_next_sinks();
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
    for (const std::shared_ptr<Entry>& entry : current_sinks()) entry->sink->flush();
}

void EventBus::resume_sinks() {
    for (const std::shared_ptr<Entry>& entry : current_sinks()) entry->sink->resume();
}

void EventBus::reopen_now() {
    for (const std::shared_ptr<Entry>& entry : current_sinks()) entry->sink->reopen();
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

void EventBus::send(const SecurityEvent& event) {
    offer(security_event_subject(event.kind, server_id_), event);
}

// Counts the message, and makes it if a sink wants it.
template <class... Part>
void EventBus::offer(std::string subject, const Part&... event) {
    ++sequence_;
    bool jwts = false;
    bool hashes = false;
    for (const std::shared_ptr<Entry>& entry : sending_to_) {
        entry->wants = entry->sink->wants(subject);
        (entry->wants_jwts ? jwts : hashes) |= entry->wants;
    }
    if (!jwts && !hashes) return;
    prepare(std::move(subject), jwts, hashes, event...);
    const Prepared& made = prepared_.back();
    for (const std::shared_ptr<Entry>& entry : sending_to_) {
        if (!entry->wants) continue;
        const bool hash = !entry->wants_jwts && !made.json_with_hash.empty();
        entry->batch.push_back({made.subject, hash ? made.json_with_hash : made.json, sequence_});
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
