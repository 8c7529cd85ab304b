#pragma once
// Aborts connections at their deadline.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "resolver-url/abortable_socket.h"

namespace midge {

// Gives a whole exchange one deadline, however slowly the peer sends: timeouts of sockets start
// again with each byte. Has a thread of its own; owned by the plugin instance; usable from any
// thread.
class Watchdog {
  public:
    using Clock = std::chrono::steady_clock;
    using Key = std::pair<Clock::time_point, uint64_t>;

    // Watches one connection as long as this object exists.
    class Watch {
      public:
        Watch(Watchdog& dog, AbortableSocketPtr socket, Clock::time_point deadline);
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;
        ~Watch();

      private:
        Watchdog& dog_;
        const Key key_;
    };

    Watchdog();
    ~Watchdog();

    // Aborts all connections, including those that are added later.
    void stop();
    [[nodiscard]] bool stopped() const;

  private:
    [[nodiscard]] Key add(AbortableSocketPtr socket, Clock::time_point deadline);
    void run();

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    uint64_t last_ = 0;
    std::map<Key, AbortableSocketPtr> watched_;
    std::thread thread_;
};

}  // namespace midge
