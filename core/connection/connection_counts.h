#pragma once
// How many connections a server has and has had.
#include <atomic>
#include <cstdint>

#include "base/log.h"
#include "connection/rate_limit.h"
#include "net/reactor.h"

namespace midge {

// Owned by the broker, outlives the event loops. Any thread.
class ConnectionCounts {
  public:
    explicit ConnectionCounts(Logger& log) : log_(log) {}

    // The id of a new connection. No id is used twice.
    [[nodiscard]] uint64_t next_id() noexcept { return next_id_.fetch_add(1); }
    // The highest id that was given so far.
    [[nodiscard]] uint64_t last_id() const noexcept { return next_id_.load() - 1; }
    // Counts a new connection. False: there are more than `connections_max` now. closed() must
    // follow in both cases.
    [[nodiscard]] bool opened(int connections_max) noexcept;
    void closed() noexcept;
    // Whether one more TLS handshake may begin in this second (connection_rate_limit). A timer of
    // `reactor` writes all refusals as one line of the log. The thread of `reactor`.
    [[nodiscard]] bool take_handshake(int per_second_max, Reactor& reactor);

    // For STATSZ.
    std::atomic<int> open{0};
    std::atomic<uint64_t> total{0};
    std::atomic<int64_t> slow_consumers{0};
    std::atomic<int64_t> stalled_clients{0};
    std::atomic<int64_t> stale{0};

  private:
    Logger& log_;
    std::atomic<uint64_t> next_id_{1};
    RateLimit handshakes_;
    std::atomic<bool> refusal_due_{false};  // a timer will log refused handshakes
};

}  // namespace midge
