#pragma once
// What resolver_plugin.hpp and sink_plugin.hpp share. Needs C++17 and the standard library only.
#include <string_view>

#include "midge_plugin.h"

namespace midge::plugin {

[[nodiscard]] inline std::string_view view(midge_text text) noexcept {
    return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

[[nodiscard]] constexpr midge_text text(std::string_view view) noexcept {
    return {view.data(), view.size()};
}

// The host's log; `HostTable` is midge_resolver_host or midge_sink_host. A value: copy it freely.
// Any thread.
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

}  // namespace midge::plugin
