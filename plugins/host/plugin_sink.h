#pragma once
// The host's side of an event sink plugin.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "abi/midge_sink.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "event/event_sink.h"
#include "host/limits.h"
#include "host/plugin_journal.h"
#include "host/subject_filter.h"
#include "host/turnstile.h"
#include "host/waiting_events.h"

namespace midge {

// The last acknowledged sequence of each instance name, for later instances with the name. Owned by
// the program; outlives the sinks; usable from any thread.
class AcknowledgedSequences {
  public:
    [[nodiscard]] uint64_t last(const std::string& instance) const;
    // Notes a sequence. Returns the largest one so far.
    uint64_t note(const std::string& instance, uint64_t sequence);

  private:
    mutable std::mutex mutex_;
    std::map<std::string, uint64_t> last_;
};

// The parameters of an instance.
struct SinkSetup {
    std::string config_json = "{}";
    std::string instance = {};  // empty: the plugin's name
    std::string server_id = {};
    uint64_t epoch = 0;
    AcknowledgedSequences* acknowledged = nullptr;  // null: nothing is remembered
    bool include_jwts = false;                      // of users, in the events; if not, their hashes
};

// One instance of a sink plugin, loaded or linked in. Keeps events that the plugin does not take,
// within a limit. Owned by the event bus; made and destroyed while the bus thread does not use it.
class PluginSink final : public EventSink {
  public:
    // Makes an instance. Requires: `table` exists as long as the process, and `log` outlives the
    // instance. Fails with Errc::invalid if the table is not usable, or the plugin refuses the
    // settings (the reason is in the log and the error text).
    [[nodiscard]] static Result<std::unique_ptr<PluginSink>> create(const midge_sink& table,
                                                                    const SinkSetup& setup,
                                                                    Logger& log);
    // Lets the plugin write the events in its queue, and joins its threads.
    ~PluginSink() override;

    [[nodiscard]] std::string_view name() const noexcept override;
    [[nodiscard]] std::string_view version() const noexcept;
    [[nodiscard]] bool wants(std::string_view subject) const override {
        return filter_.matches(subject);
    }
    [[nodiscard]] bool wants_jwts() const noexcept override { return include_jwts_; }
    void publish(std::span<const SinkEvent> events) override;
    // Waits at most flush_timeout.
    void flush() override;
    void reopen() override;
    void on_ready(std::function<void()> ready) override;
    void resume() override;
    [[nodiscard]] bool report(ComponentReport& out) override;

  private:
    struct Host;

    PluginSink(const midge_sink& table, const SinkSetup& setup, Logger& log);
    [[nodiscard]] Result<> start(const SinkSetup& setup);
    // Calls the plugin's publish() once. Returns the number of events that are finished.
    [[nodiscard]] size_t offer(std::span<const midge_event> events, const LostEvents& lost);
    // Offers the waiting events until the plugin does not take all of them.
    void offer_waiting();
    void keep(std::span<const SinkEvent> events);
    [[nodiscard]] bool may_try() const;
    void note_lost(uint64_t count);
    int add_filter(midge_text pattern);
    void note_ready();
    void note_acknowledged(uint64_t sequence);

    const midge_sink table_;
    AcknowledgedSequences* const acknowledged_;
    const bool include_jwts_;
    PluginJournal journal_;
    SubjectFilter filter_;  // complete when create() has returned
    bool creating_ = false;
    WaitingEvents waiting_;
    std::vector<midge_event> batch_;  // of the current call
    bool refused_ = false;            // the last call did not take all events
    SteadyClock::time_point refused_at_;
    uint64_t gaps_ = 0;

    std::mutex ready_mutex_;
    std::condition_variable became_ready_;
    bool ready_ = false;  // the plugin called ready() since the last publish()
    std::function<void()> tell_ready_;

    std::atomic<uint64_t> taken_{0}, lost_{0}, queued_{0}, last_acknowledged_{0};
    std::mutex report_mutex_;
    Host& host_;            // lives as long as the process
    void* self_ = nullptr;  // the plugin's instance
    bool created_ = false;
};

}  // namespace midge
