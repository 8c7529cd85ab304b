#pragma once
#include <mutex>

#include "account-server/server_options.h"
#include "base/log.h"

namespace midge::tools {

// Writes log lines to stderr in nats-server's form: "[pid] 2026/11/22 10:00:00.000000 [INF] text".
// Usable from any thread.
class StderrLogger final : public Logger {
  public:
    explicit StderrLogger(const LoggingOptions& options);

    [[nodiscard]] bool enabled(LogLevel level) const noexcept override;
    void write(LogLevel level, std::string_view line) noexcept override;

  private:
    const LoggingOptions options_;
    std::mutex mutex_;
};

}  // namespace midge::tools
