#pragma once
// Whether a peer still answers.
#include <chrono>
#include <cstdint>

#include "net/reactor.h"

namespace midge {

class Connection;

// PINGs a silent peer, closes it if it does not answer, and measures the round trip. Owned by the
// connection; the thread of its loop.
class Liveness {
  public:
    explicit Liveness(Connection& connection) noexcept : connection_(connection) {}
    ~Liveness();
    Liveness(const Liveness&) = delete;
    Liveness& operator=(const Liveness&) = delete;

    // The first look at the peer is after `delay`, and up to a fifth more; the others follow in the
    // ping interval of the listener.
    void start(std::chrono::milliseconds delay);
    // The peer is not silent.
    void note_input() noexcept;
    void note_pong();
    // Sends a PING now if the round trip is not known yet.
    void measure();
    [[nodiscard]] int64_t rtt_nanos() const noexcept { return rtt_nanos_; }  // 0: not known yet
    void set_rtt(int64_t nanos) noexcept { rtt_nanos_ = nanos; }

  private:
    void check();
    void ping();

    Connection& connection_;
    Reactor::Clock::time_point last_input_, ping_sent_;
    int64_t rtt_nanos_ = 0;
    TimerId timer_ = no_timer;
    int pings_out_ = 0;
};

}  // namespace midge
