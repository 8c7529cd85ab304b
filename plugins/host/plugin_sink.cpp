#include "host/plugin_sink.h"

#include <fmt/format.h>

#include <chrono>

#include "host/host_tables.h"
#include "host/plugin_library.h"
#include "host/turnstile.h"

namespace midge {

// What the plugin calls. Outlives the PluginSink; the gate tells whether that is still there.
struct PluginSink::Host {
    explicit Host(PluginSink& sink) : owner(sink) {
        table = {sizeof(table), MIDGE_SINK_ABI, this, &log};
    }

    static void log(void* self, int level, midge_text line) noexcept {
        auto& host = *static_cast<Host*>(self);
        if (const auto inside = host.gate.enter()) host.owner.journal_.write(level, line);
    }

    midge_sink_host table;
    PluginSink& owner;  // dangles once the gate is closed
    Turnstile gate;
};

Result<std::unique_ptr<PluginSink>> PluginSink::create(const midge_sink& table,
                                                       const std::string& config_json,
                                                       Logger& log) {
    if (auto fits = check_table(table); !fits) return pass(fits);
    std::unique_ptr<PluginSink> sink(new PluginSink(table, log));
    if (auto started = sink->start(config_json); !started) return pass(started);
    return sink;
}

PluginSink::PluginSink(const midge_sink& table, Logger& log)
    : table_(table),
      journal_(plugin_line(table.name), log),
      host_(keep_for_ever(std::make_unique<Host>(*this))) {}

PluginSink::~PluginSink() {
    if (created_) table_.stop(self_);
    host_.gate.close();
    if (created_) table_.destroy(self_);
}

Result<> PluginSink::start(const std::string& config_json) {
    const int status = table_.create(&host_.table, to_text(config_json), &self_);
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

void PluginSink::publish(std::string_view subject, std::string_view json, uint64_t sequence) {
    table_.publish(self_, to_text(subject), to_text(json), sequence);
}

void PluginSink::flush() {
    if (table_.flush == nullptr) return;
    const auto timeout = static_cast<uint32_t>(flush_timeout.count());
    if (table_.flush(self_, timeout) != MIDGE_OK) {
        journal_.log().warn("{}: not everything was written within {} ms", name(), timeout);
    }
}

}  // namespace midge
