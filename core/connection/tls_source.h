#pragma once
// The TLS context of a tls block. It is made again when its files change.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/options.h"
#include "net/tls_context.h"

namespace midge {

// current() is safe from any thread, renew() belongs to one.
class TlsSource {
  public:
    using Clock = SteadyClock;
    static constexpr std::chrono::hours context_age_max{24};

    // Reads the files. Fails in nats-server's words.
    [[nodiscard]] static Result<std::shared_ptr<TlsSource>> from(const TlsOptions& options,
                                                                 TlsSide side = TlsSide::server);

    // The context for the next connection. Never null.
    [[nodiscard]] std::shared_ptr<const TlsContext> current() const { return current_.load(); }
    // Reads the files again if one of them has changed, and at least once in context_age_max,
    // because the keys of session tickets should not live longer. Returns whether a file has
    // changed. On an error (a file is half written, or key and certificate do not fit yet) the
    // context stays, and the next call tries again. The same error is returned only once.
    [[nodiscard]] Result<bool> renew(Clock::time_point now = Clock::now());

  private:
    using Times = std::vector<std::filesystem::file_time_type>;
    TlsSource(const TlsOptions& options, TlsSide side) : options_(options), side_(side) {}
    [[nodiscard]] Result<std::shared_ptr<const TlsContext>> load() const;
    [[nodiscard]] Times file_times() const;

    const TlsOptions options_;
    const TlsSide side_;
    Times times_;  // when the files of current_ were written
    Clock::time_point made_ = Clock::now();
    std::string told_;  // the error that was returned last; empty after a success
    std::atomic<std::shared_ptr<const TlsContext>> current_;
};

}  // namespace midge
