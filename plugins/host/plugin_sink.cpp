#include "host/plugin_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "host/host_tables.h"
#include "host/plugin_library.h"
#include "host/plugin_report.h"
#include "host/plugin_settings.h"

namespace midge {

uint64_t AcknowledgedSequences::last(const std::string& instance) const {
    const std::lock_guard lock(mutex_);
    const auto found = last_.find(instance);
    return found == last_.end() ? 0 : found->second;
}

uint64_t AcknowledgedSequences::note(const std::string& instance, uint64_t sequence) {
    const std::lock_guard lock(mutex_);
    uint64_t& last = last_[instance];
    return last = std::max(last, sequence);
}

// The functions that the plugin calls. Outlives the PluginSink; the gate tells whether that still
// exists.
struct PluginSink::Host {
    explicit Host(PluginSink& sink) : owner(sink) {
        table = {sizeof(table), MIDGE_SINK_ABI, this, &log, &filter, &ready, &acknowledge};
    }

    static void log(void* self, int level, midge_text line) noexcept {
        auto& host = *static_cast<Host*>(self);
        if (const auto inside = host.gate.enter()) host.owner.journal_.write(level, line);
    }
    static int filter(void* self, midge_text pattern) noexcept {
        auto& host = *static_cast<Host*>(self);
        const auto inside = host.gate.enter();
        return inside ? host.owner.add_filter(pattern) : MIDGE_INVALID;
    }
    static void ready(void* self) noexcept {
        auto& host = *static_cast<Host*>(self);
        if (const auto inside = host.gate.enter()) host.owner.note_ready();
    }
    static void acknowledge(void* self, uint64_t sequence) noexcept {
        auto& host = *static_cast<Host*>(self);
        if (const auto inside = host.gate.enter()) host.owner.note_acknowledged(sequence);
    }

    midge_sink_host table;
    PluginSink& owner;  // dangles once the gate is closed
    Turnstile gate;
};

Result<std::unique_ptr<PluginSink>> PluginSink::create(const midge_sink& table,
                                                       const SinkSetup& setup, Logger& log) {
    if (auto fits = check_table(table); !fits) return pass(fits);
    std::unique_ptr<PluginSink> sink(new PluginSink(table, setup, log));
    if (auto started = sink->start(setup); !started) return pass(started);
    return sink;
}

PluginSink::PluginSink(const midge_sink& table, const SinkSetup& setup, Logger& log)
    : table_(known_part(table)),
      acknowledged_(setup.acknowledged),
      include_jwts_(setup.include_jwts),
      journal_(setup.instance.empty() ? plugin_line(table.name) : setup.instance, log),
      host_(keep_for_ever(std::make_unique<Host>(*this))) {}

PluginSink::~PluginSink() {
    if (created_) {
        if (!waiting_.empty()) flush();
        if (!waiting_.empty()) {
            // Gives the plugin the chance to record the loss.
            const LostEvents lost = waiting_.drop();
            journal_.warn("{} events were not taken and are lost", lost.count);
            (void)offer({}, lost);
        }
        table_.stop(self_);
    }
    host_.gate.close();
    if (created_) table_.destroy(self_);
}

Result<> PluginSink::start(const SinkSetup& setup) {
    if (auto checked =
            check_plugin_settings(table_.settings, table_.setting_count, setup.config_json);
        !checked) {
        journal_.write(MIDGE_LOG_ERROR, to_text(checked.error().text));
        return fail(Errc::invalid, journal_.reason(MIDGE_INVALID));
    }
    if (acknowledged_ != nullptr) last_acknowledged_ = acknowledged_->last(journal_.name());
    const midge_sink_start start = {sizeof(start),
                                    0,
                                    to_text(journal_.name()),
                                    to_text(setup.config_json),
                                    to_text(setup.server_id),
                                    setup.epoch,
                                    last_acknowledged_};
    creating_ = true;
    const int status = table_.create(&host_.table, &start, &self_);
    creating_ = false;
    created_ = status == MIDGE_OK;
    if (created_) return {};
    return fail(Errc::invalid, journal_.reason(status));
}

std::string_view PluginSink::name() const noexcept {
    return journal_.name();
}

std::string_view PluginSink::version() const noexcept {
    return to_view(table_.version);
}

void PluginSink::publish(std::span<const SinkEvent> events) {
    if (!waiting_.empty()) {
        keep(events);
        if (may_try()) offer_waiting();
        return;
    }
    while (!events.empty()) {
        const auto now = events.first(std::min(events.size(), sink_batch_events_max));
        batch_.clear();
        for (const SinkEvent& event : now)
            batch_.push_back({to_text(event.subject), to_text(event.json), event.sequence});
        const size_t done = offer(batch_, {});
        events = events.subspan(done);
        if (done == now.size()) continue;
        keep(events);
        return;
    }
}

size_t PluginSink::offer(std::span<const midge_event> events, const LostEvents& lost) {
    {
        const std::lock_guard lock(ready_mutex_);
        ready_ = false;
    }
    const midge_batch batch = {sizeof(batch), static_cast<uint32_t>(events.size()),
                               events.data(), lost.count,
                               lost.first,    lost.last};
    uint32_t taken = 0;
    const int status = table_.publish(self_, &batch, &taken);
    const size_t count = std::min<size_t>(taken, events.size());
    taken_ += count;
    refused_ = count < events.size();
    if (!refused_) return count;
    refused_at_ = SteadyClock::now();
    if (status == MIDGE_OK || status == MIDGE_UNAVAILABLE) return count;
    refused_ = false;
    note_lost(events.size() - count);
    return events.size();
}

void PluginSink::offer_waiting() {
    while (!waiting_.empty()) {
        const LostEvents lost = waiting_.front(batch_);
        const size_t done = offer(batch_, lost);
        const bool all = done == batch_.size();
        waiting_.pop(done);
        if (!all) break;
    }
    queued_ = waiting_.size();
}

void PluginSink::keep(std::span<const SinkEvent> events) {
    for (const SinkEvent& event : events) {
        const uint64_t before = waiting_.size();
        if (waiting_.push(event) && std::has_single_bit(++gaps_)) {
            // A sink that cannot keep up has many gaps: a line for the 1st, 2nd, 4th, 8th ... one.
            journal_.warn("{} events wait for the sink: dropping from event {} on", before,
                          event.sequence);
        }
        if (waiting_.size() == before) ++lost_;
    }
    queued_ = waiting_.size();
}

// Whether the plugin has called ready(), or the retry interval is over.
bool PluginSink::may_try() const {
    return !refused_ || SteadyClock::now() - refused_at_ >= sink_retry_interval;
}

void PluginSink::note_lost(uint64_t count) {
    lost_ += count;
    if (std::has_single_bit(++gaps_)) journal_.warn("{} events were refused and are lost", count);
}

void PluginSink::resume() {
    {
        const std::lock_guard lock(ready_mutex_);
        if (!std::exchange(ready_, false)) return;
    }
    offer_waiting();
}

void PluginSink::flush() {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + flush_timeout;
    offer_waiting();
    while (!waiting_.empty()) {
        std::unique_lock lock(ready_mutex_);
        if (!became_ready_.wait_until(lock, deadline, [this] { return ready_; })) break;
        lock.unlock();
        offer_waiting();
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const auto wait = static_cast<uint32_t>(std::max<int64_t>(left.count(), 0));
    const bool written = table_.flush == nullptr || table_.flush(self_, wait) == MIDGE_OK;
    if (!written || !waiting_.empty()) {
        journal_.warn("not everything was written within {} ms", flush_timeout.count());
    }
}

void PluginSink::reopen() {
    if (table_.reopen != nullptr) table_.reopen(self_);
}

void PluginSink::on_ready(std::function<void()> ready) {
    const std::lock_guard lock(ready_mutex_);
    tell_ready_ = std::move(ready);
}

bool PluginSink::report(ComponentReport& out) {
    out.kind = "sink";
    out.instance = journal_.name();
    out.plugin = plugin_line(table_.name);
    out.version = plugin_line(table_.version);
    for (const auto& [metric, value] :
         {std::pair{"host_events_taken", taken_.load()},
          std::pair{"host_events_lost", lost_.load()},
          std::pair{"host_events_waiting", queued_.load()},
          std::pair{"host_acknowledged", last_acknowledged_.load()}}) {
        out.metrics.emplace_back(metric, static_cast<int64_t>(value));
    }
    const std::lock_guard one_at_a_time(report_mutex_);
    ask_for_report(table_.report, self_, out);
    return true;
}

int PluginSink::add_filter(midge_text pattern) {
    auto added = creating_ ? filter_.add(to_view(pattern))
                           : fail(Errc::invalid, "a filter after create() returned");
    if (added) return MIDGE_OK;
    journal_.write(MIDGE_LOG_ERROR, to_text(added.error().text));
    return MIDGE_INVALID;
}

void PluginSink::note_ready() {
    const std::lock_guard lock(ready_mutex_);
    ready_ = true;
    became_ready_.notify_all();
    if (tell_ready_) tell_ready_();
}

void PluginSink::note_acknowledged(uint64_t sequence) {
    uint64_t before = last_acknowledged_;
    while (before < sequence && !last_acknowledged_.compare_exchange_weak(before, sequence)) {
    }
    if (acknowledged_ != nullptr) acknowledged_->note(journal_.name(), sequence);
}

}  // namespace midge
