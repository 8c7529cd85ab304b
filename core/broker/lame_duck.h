#pragma once
// The last minutes of a server that leaves its clients time to go elsewhere
// (docs/protocol/client-protocol.md, Lame duck mode).
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <random>
#include <vector>

#include "connection/loop_survey.h"
#include "net/reactor.h"

namespace midge {

class Logger;
class SystemServices;

struct LameDuckTimes {
    std::chrono::milliseconds duration;      // until the last client is closed
    std::chrono::milliseconds grace_period;  // of it, before the first one is
};

// Made and owned by the broker once it accepts no more clients. Lives on the system thread, and
// must outlive it and the loops.
class LameDuck {
  public:
    // `done` is called on the system thread when every client is closed, or at once if there is
    // none.
    LameDuck(SystemServices& services, const EventLoops& loops, Logger& log, LameDuckTimes times,
             std::function<void()> done);
    LameDuck(const LameDuck&) = delete;
    LameDuck& operator=(const LameDuck&) = delete;

    // Tells the clients, waits for the grace period, closes them one by one. Any thread, once.
    void begin();

  private:
    struct Connection {
        EventLoop* loop;
        uint64_t id;
    };
    enum class Visit { tell, count };

    // Lists the connections of all loops, telling them on the way or not; then runs `next`.
    void gather(Visit visit, std::function<void()> next);
    void on_told();
    void start_closing();
    void close_due();
    void close(const Connection& connection);
    [[nodiscard]] std::chrono::nanoseconds pause();

    SystemServices& services_;
    const EventLoops& loops_;
    Logger& log_;
    const LameDuckTimes times_;
    const std::function<void()> done_;
    std::mutex gathering_;                 // guards the next one while the loops fill it
    std::vector<Connection> connections_;  // left to close, the next one last
    std::chrono::nanoseconds step_{0};
    Reactor::Clock::time_point due_;
    std::mt19937_64 random_;
};

}  // namespace midge
