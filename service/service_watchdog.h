#pragma once
// Proves to the service manager periodically that the service works.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/log.h"

namespace midge {

// Has a thread that only keeps the time. The proof is made elsewhere: each round calls a `Probe`,
// and only its answer is passed on. Made and destroyed on the main thread.
class ServiceWatchdog {
  public:
    // Calls its argument, on any thread, after every necessary part has proved that it works;
    // otherwise never. Called on the watchdog's thread.
    using Probe = std::function<void(std::function<void()> alive)>;
    // Reports to the manager; called on the watchdog's thread.
    using Tell = std::function<void()>;

    // Makes rounds of a quarter of `limit`, the time after which the manager considers the service
    // dead. A round that takes longer than half of it is logged.
    ServiceWatchdog(std::chrono::microseconds limit, Probe probe, Tell tell, Logger& log);
    // After this no probe and no report begins, and late answers are ignored.
    ~ServiceWatchdog();
    ServiceWatchdog(const ServiceWatchdog&) = delete;
    ServiceWatchdog& operator=(const ServiceWatchdog&) = delete;

  private:
    // Shared with answers that may come after the watchdog is destroyed.
    struct Round {
        std::mutex mutex;
        std::condition_variable changed;
        bool answered = false;
        bool ended = false;
    };

    void run();
    // Returns false if the watchdog ends before the answer.
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
