#pragma once
// The TLS context of a tls block, made anew when its files are.
#include <atomic>
#include <filesystem>
#include <memory>
#include <vector>

#include "config/options.h"
#include "net/tls_context.h"

namespace midge {

// current() is safe from any thread, renew() belongs to one.
class TlsSource {
  public:
    // Reads the files. Fails in nats-server's words.
    [[nodiscard]] static Result<std::shared_ptr<TlsSource>> from(const TlsOptions& options);

    // For the next connection. Never null.
    [[nodiscard]] std::shared_ptr<const TlsContext> current() const { return current_.load(); }
    // Reads the files again if one was written since. Gives whether it did; on an error (a file is
    // half written, key and certificate do not fit yet) the context stays, and the next call tries
    // again.
    [[nodiscard]] Result<bool> renew();

  private:
    using Times = std::vector<std::filesystem::file_time_type>;
    explicit TlsSource(const TlsOptions& options) : options_(options) {}
    [[nodiscard]] Result<std::shared_ptr<const TlsContext>> load() const;
    [[nodiscard]] Times file_times() const;

    const TlsOptions options_;
    Times times_;  // of the files of current_
    std::atomic<std::shared_ptr<const TlsContext>> current_;
};

}  // namespace midge
