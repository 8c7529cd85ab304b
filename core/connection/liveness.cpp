#include "connection/liveness.h"

#include "connection/connection.h"
#include "connection/connection_counts.h"

namespace midge {
namespace {

constexpr auto rtt_refresh_interval = std::chrono::hours(1);
constexpr uint32_t first_ping_jitter_percent = 20;

}  // namespace

Liveness::~Liveness() {
    connection_.loop().reactor().cancel(timer_);
}

void Liveness::start(std::chrono::milliseconds delay) {
    const uint32_t percent = connection_.loop().lane().random() % (first_ping_jitter_percent + 1);
    timer_ = connection_.loop().reactor().after(delay + delay * percent / 100, [this] { check(); });
}

void Liveness::note_input() noexcept {
    last_input_ = connection_.loop().reactor().now();
}

void Liveness::note_pong() {
    if (pings_out_ > 0 && ping_sent_ != Reactor::Clock::time_point{})
        rtt_nanos_ = std::chrono::nanoseconds(Reactor::Clock::now() - ping_sent_).count();
    pings_out_ = 0;
}

void Liveness::measure() {
    if (rtt_nanos_ == 0 && pings_out_ == 0 && connection_.expects_pong()) ping();
}

void Liveness::ping() {
    ++pings_out_;
    ping_sent_ = connection_.loop().reactor().now();
    connection_.trace_out("PING");
    connection_.send("PING\r\n");
}

void Liveness::check() {
    EventLoop& loop = connection_.loop();
    const auto now = loop.reactor().now();
    const auto interval = connection_.listener().ping_interval;
    const bool quiet = now - last_input_ >= interval;
    const bool rtt_is_old =
        ping_sent_ == Reactor::Clock::time_point{} || now - ping_sent_ > rtt_refresh_interval;
    if (connection_.expects_pong() && (quiet || rtt_is_old)) {
        if (pings_out_ + 1 > loop.settings().options.ping_max) {
            connection_.log_with(LogLevel::debug,
                                 {{"reason", reason_text(CloseReason::stale_connection)}},
                                 "Stale Client Connection - Closing");
            loop.counts().stale.fetch_add(1);
            connection_.close_with(WireError::stale_connection, CloseReason::stale_connection);
            return;
        }
        ping();
    }
    timer_ = loop.reactor().after(interval, [this] { check(); });
}

}  // namespace midge
