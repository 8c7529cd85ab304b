#include "event/event_bus.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <limits>
#include <utility>

namespace midge {
namespace {

// The number of events that are taken from the queue at a time: enough to make the lock cheap, and
// few enough for a short flush().
constexpr size_t batch_max = 64;
// How long the first event after a pause waits for others.
constexpr std::chrono::milliseconds gather_time{1};

bool ends_service(const Event& event) {
    return std::holds_alternative<ShutdownEvent>(event) ||
           std::holds_alternative<LameDuckEvent>(event);
}

// Nobody sends it events any more.
void let_go(EventSink& sink) {
    sink.flush();
    sink.on_ready({});
}

void flush_all(const SinkList& sinks) {
    for (const auto& listed : sinks) listed->sink->flush();
}

void resume_all(const SinkList& sinks) {
    for (const auto& listed : sinks) listed->sink->resume();
}

void reopen_all(const SinkList& sinks) {
    for (const auto& listed : sinks) listed->sink->reopen();
}

}  // namespace

EventBus::EventBus(ServerInfo server, Logger& log, size_t queued_max)
    : log_(log),
      queued_max_(queued_max),
      server_(std::move(server)),
      dispatcher_(server_, batch_max) {}

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
    resume_all(current_sinks());
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
    ReplacedSinks replaced = begin_replacing({id}, {});
    if (replaced.gone_.empty()) return nullptr;
    const std::shared_ptr<ListedSink> gone = replaced.gone_.front();
    finish_replacing(std::move(replaced));
    return {gone, gone->sink.get()};
}

std::vector<SinkId> EventBus::replace_sinks(const std::vector<SinkId>& old,
                                            std::vector<std::unique_ptr<EventSink>> sinks) {
    return finish_replacing(begin_replacing(old, std::move(sinks)));
}

ReplacedSinks EventBus::begin_replacing(const std::vector<SinkId>& old,
                                        std::vector<std::unique_ptr<EventSink>> sinks,
                                        std::optional<ServerInfo> server) {
    SinkList added;
    for (auto& sink : sinks) {
        sink->on_ready([this] { note_ready(); });
        added.push_back(std::make_shared<ListedSink>(std::move(sink)));
    }
    const std::lock_guard lock(queue_mutex_);
    ReplacedSinks replaced = sinks_.replace(old, added, accepted_, std::move(server));
    if (consuming_) {
        work_.notify_one();
    } else {
        take_next_sinks();
    }
    return replaced;
}

std::vector<SinkId> EventBus::finish_replacing(ReplacedSinks replaced) {
    {
        std::unique_lock lock(queue_mutex_);
        done_.wait(lock, [&] { return sinks_.number_in_use() >= replaced.number_; });
    }
    for (const auto& listed : replaced.gone_) let_go(*listed->sink);
    return std::move(replaced.ids_);
}

void EventBus::take_next_sinks() {
    // Without a consumer nobody else sends: what is queued is for the new ones.
    const uint64_t sent = consuming_ ? sent_ : std::numeric_limits<uint64_t>::max();
    if (auto server = sinks_.take_due(sent)) set_server(std::move(*server));
    done_.notify_all();
}

SinkList EventBus::current_sinks() {
    const std::lock_guard lock(queue_mutex_);
    return sinks_.in_use();
}

void EventBus::reopen_sinks() {
    {
        const std::lock_guard lock(queue_mutex_);
        reopen_wanted_ = consuming_;
        work_.notify_one();
        if (consuming_) return;
    }
    reopen_all(current_sinks());
}

std::vector<ComponentReport> EventBus::reports() {
    std::vector<ComponentReport> out;
    for (const auto& listed : current_sinks()) {
        ComponentReport report;
        if (listed->sink->report(report)) out.push_back(std::move(report));
    }
    return out;
}

Result<> EventBus::flush(std::chrono::milliseconds timeout) {
    std::unique_lock lock(queue_mutex_);
    if (!consuming_) {
        lock.unlock();
        drain();
        flush_all(current_sinks());
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
        flush_all(current_sinks());
    }
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
    flush_all(current_sinks());
    lock.lock();
    flush_done_ = sent_;
    consuming_ = false;
    take_next_sinks();
    done_.notify_all();
}

size_t EventBus::send_batch() {
    std::vector<Event> batch;
    SinkList sinks;
    uint64_t gap = 0;
    {
        std::lock_guard lock(queue_mutex_);
        if (sinks_.is_due(sent_)) take_next_sinks();
        sinks = sinks_.in_use();
        const uint64_t count = sinks_.limit(std::min(batch_max, queue_.size()), sent_);
        const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
        batch.assign(std::move_iterator(queue_.begin()), std::move_iterator(end));
        queue_.erase(queue_.begin(), end);
        // Only when the queue is half empty, so that a queue that stays almost full is logged as
        // one gap.
        if (queue_.size() <= queued_max_ / 2) gap = std::exchange(dropped_in_burst_, 0);
    }
    if (gap > 0) log_.warn("System events: {} were dropped, sending new ones again", gap);
    dispatcher_.dispatch(batch, std::move(sinks));
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
    return resume_wanted_ || reopen_wanted_ || flush_due() || sinks_.is_due(sent_);
}

void EventBus::run_errand(std::unique_lock<std::mutex>& lock) {
    if (sinks_.is_due(sent_)) take_next_sinks();
    const bool resume = std::exchange(resume_wanted_, false);
    const bool reopen = std::exchange(reopen_wanted_, false);
    const bool flush = flush_due();
    const uint64_t reached = sent_;
    lock.unlock();
    if (resume) resume_all(current_sinks());
    if (reopen) reopen_all(current_sinks());
    if (flush) flush_all(current_sinks());
    lock.lock();
    if (!flush) return;
    flush_done_ = reached;
    done_.notify_all();
}

void EventBus::note_ready() {
    std::lock_guard lock(queue_mutex_);
    resume_wanted_ = true;
    work_.notify_one();
}

}  // namespace midge
