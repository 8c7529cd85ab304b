#pragma once
#include <mutex>
#include <string>
#include <string_view>

#include "base/log.h"

namespace midge::test {

// Collects log lines, so that a test can wait for one.
class LineLogger final : public Logger {
  public:
    explicit LineLogger(LogLevel least = LogLevel::info) : least_(least) {}
    [[nodiscard]] bool enabled(LogLevel level) const noexcept override { return level >= least_; }
    void write(LogLevel, std::string_view line) noexcept override {
        const std::lock_guard lock(mutex_);
        lines_ += std::string(line) + "\n";
    }
    [[nodiscard]] std::string lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

  private:
    const LogLevel least_;
    mutable std::mutex mutex_;
    std::string lines_;
};

}  // namespace midge::test
