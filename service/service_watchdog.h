#pragma once
// Proves to the service manager, again and again, that the service works.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/log.h"

namespace midge {

// Has a thread of its own, which only keeps the time. The proof comes from elsewhere: each round
// asks a `Probe`, and only its answer is passed on. Made and destroyed on the main thread.
class ServiceWatchdog {
  public:
    // Calls its argument, on any thread, when everything that must work has shown that it does; not
    // at all otherwise. Called on the watchdog's thread.
    using Probe = std::function<void(std::function<void()> alive)>;
    // Tells the manager; called on the watchdog's thread.
    using Tell = std::function<void()>;

    // Rounds of a quarter of `limit`, the time after which the manager takes the service for dead.
    // A round that takes longer than half of it is logged.
    ServiceWatchdog(std::chrono::microseconds limit, Probe probe, Tell tell, Logger& log);
    // No probe and no telling begins after this; an answer that comes later is ignored.
    ~ServiceWatchdog();
    ServiceWatchdog(const ServiceWatchdog&) = delete;
    ServiceWatchdog& operator=(const ServiceWatchdog&) = delete;

  private:
    // Shared with answers that may come after the end.
    struct Round {
        std::mutex mutex;
        std::condition_variable changed;
        bool answered = false;
        bool ended = false;
    };

    void run();
    // False: the end came first.
    [[nodiscard]] bool wait_for_answer(std::unique_lock<std::mutex>& lock);

    static constexpr std::chrono::microseconds pause_min{1000};

    const std::chrono::microseconds limit_;
    const Probe probe_;
    const Tell tell_;
    Logger& log_;
    const std::shared_ptr<Round> round_ = std::make_shared<Round>();
    std::thread thread_;
};

}  // namespace midge
