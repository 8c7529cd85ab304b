#pragma once
// The host's side of an event sink plugin.
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "abi/midge_sink.h"
#include "base/log.h"
#include "base/result.h"
#include "event/event_sink.h"
#include "host/plugin_journal.h"

namespace midge {

// How long a flush waits for the plugin.
inline constexpr std::chrono::milliseconds flush_timeout{2000};

// One instance of a sink plugin, whether loaded or linked in. Owned by the event bus; made and
// destroyed while the bus thread does not use it.
class PluginSink final : public EventSink {
  public:
    // Makes an instance. `table` lives as long as the process; `config_json` is a JSON object;
    // `log` outlives it. Fails with Errc::invalid when the table does not fit,
    // or the plugin refuses its settings (the reason is in the log, and in the error text).
    [[nodiscard]] static Result<std::unique_ptr<PluginSink>> create(const midge_sink& table,
                                                                    const std::string& config_json,
                                                                    Logger& log);
    // Lets the plugin write out what it has queued, and joins its threads.
    ~PluginSink() override;

    [[nodiscard]] std::string_view name() const noexcept override;
    [[nodiscard]] std::string_view version() const noexcept;
    void publish(std::string_view subject, std::string_view json, uint64_t sequence) override;
    // Waits at most flush_timeout.
    void flush() override;

  private:
    struct Host;

    PluginSink(const midge_sink& table, Logger& log);
    [[nodiscard]] Result<> start(const std::string& config_json);

    const midge_sink& table_;
    PluginJournal journal_;
    Host& host_;            // lives as long as the process
    void* self_ = nullptr;  // the plugin's instance
    bool created_ = false;
};

}  // namespace midge
