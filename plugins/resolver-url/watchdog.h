#pragma once
// Cuts connections whose time is up.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "resolver-url/abortable_socket.h"

namespace midge {

// Gives a whole exchange one deadline, however slowly the peer drips its bytes: timeouts of sockets
// count from one byte to the next. Has a thread of its own; owned by the plugin instance; any
// thread.
class Watchdog {
  public:
    using Clock = std::chrono::steady_clock;
    using Key = std::pair<Clock::time_point, uint64_t>;

    // Watches one connection for as long as it lives.
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

    // Cuts all connections, also those that are watched later.
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
