#include "connection/connection_counts.h"

namespace midge {

bool ConnectionCounts::opened(int connections_max) noexcept {
    total.fetch_add(1, std::memory_order_relaxed);
    return open.fetch_add(1, std::memory_order_relaxed) < connections_max;
}

void ConnectionCounts::closed() noexcept {
    open.fetch_sub(1, std::memory_order_relaxed);
}

bool ConnectionCounts::take_handshake(int per_second_max, Reactor& reactor) {
    const auto limit = static_cast<uint64_t>(per_second_max);
    if (handshakes_.take(limit, RateLimit::Clock::now())) return true;
    // Told once for all that are refused within a second from now.
    if (!refusal_due_.exchange(true)) {
        reactor.after(std::chrono::seconds(1), [this] {
            refusal_due_ = false;
            log_.warn("Rejected {} connections due to TLS rate limiting",
                      handshakes_.take_refused());
        });
    }
    return false;
}

}  // namespace midge
