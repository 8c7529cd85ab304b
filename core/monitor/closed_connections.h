#pragma once
// The connections that have ended, for the page CONNZ.
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "monitor/connz.h"

namespace midge {

// Keeps the last connections; the oldest one leaves when there are too many, or when their texts
// need too much memory. Owned by the broker; any thread.
class ClosedConnections {
  public:
    // nats-server's default of max_closed_clients.
    static constexpr size_t count_default = 10'000;
    // Memory of all rows together.
    static constexpr size_t bytes_max = 32 * 1024 * 1024;
    // The subscriptions that are kept of one connection.
    static constexpr size_t subscriptions_max = 256;

    explicit ClosedConnections(size_t count_max = count_default) : count_max_(count_max) {}

    // A row of more than `bytes_max` is not kept.
    void add(ConnectionRow row);
    // Oldest first.
    [[nodiscard]] std::vector<std::shared_ptr<const ConnectionRow>> all() const;

  private:
    struct Kept {
        std::shared_ptr<const ConnectionRow> row;
        size_t bytes = 0;
    };
    const size_t count_max_;
    mutable std::mutex mutex_;  // no other lock is taken under it
    std::deque<Kept> kept_;
    size_t bytes_ = 0;
};

}  // namespace midge
