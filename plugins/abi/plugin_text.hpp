#pragma once
// Shared by resolver_plugin.hpp and sink_plugin.hpp. Needs only C++17 and the standard library.
#include <cstdint>
#include <string_view>

#include "midge_plugin.h"

namespace midge::plugin {

[[nodiscard]] inline std::string_view view(midge_text text) noexcept {
    return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

[[nodiscard]] constexpr midge_text text(std::string_view view) noexcept {
    return {view.data(), view.size()};
}

// Makes one line of a plugin's table of settings. Requires: the arguments are string literals.
[[nodiscard]] constexpr midge_setting setting(std::string_view name, midge_setting_type type,
                                              std::string_view help,
                                              std::string_view default_value = {}) {
    return {text(name), static_cast<uint32_t>(type), 0, text(default_value), text(help)};
}
[[nodiscard]] constexpr midge_setting required_setting(std::string_view name,
                                                       midge_setting_type type,
                                                       std::string_view help) {
    return {text(name), static_cast<uint32_t>(type), MIDGE_SETTING_REQUIRED, {}, text(help)};
}

// Access to the host's log; `HostTable` is midge_resolver_host or midge_sink_host. A value that may
// be copied freely. Any thread.
template <class HostTable>
class HostLog {
  public:
    explicit HostLog(const HostTable* host) noexcept : host_(host) {}

    void debug(std::string_view line) const noexcept { log(MIDGE_LOG_DEBUG, line); }
    void info(std::string_view line) const noexcept { log(MIDGE_LOG_INFO, line); }
    void warn(std::string_view line) const noexcept { log(MIDGE_LOG_WARN, line); }
    void error(std::string_view line) const noexcept { log(MIDGE_LOG_ERROR, line); }

  protected:
    const HostTable* host_;

  private:
    void log(int level, std::string_view line) const noexcept {
        host_->log(host_->self, level, text(line));
    }
};

// Receives the state of an instance. Valid during the call that gets it.
class Report {
  public:
    explicit Report(const midge_report* to) noexcept : to_(to) {}
    void health(midge_health state, std::string_view line) const noexcept {
        to_->health(to_->self, state, text(line));
    }
    void metric(std::string_view name, int64_t value) const noexcept {
        to_->metric(to_->self, text(name), value);
    }

  private:
    const midge_report* to_;
};

}  // namespace midge::plugin
