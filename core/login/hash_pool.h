#pragma once
// Threads for password hashes, so that a login storm cannot stall a loop.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace midge {

// Whether somebody still waits for a task: false from the moment that its client is gone. Null:
// always.
using Waiting = std::shared_ptr<std::atomic<bool>>;

// All cores but one, at least one. Tasks whose client is gone are dropped. In their order, until
// the oldest has waited for `patience`: then the newest goes first, as whoever came earlier has
// given up or soon will, and a storm would otherwise be answered too late from its first second to
// its last. Safe from any thread.
class HashPool {
  public:
    static constexpr size_t queued_max = 16'384;
    static constexpr std::chrono::milliseconds patience{1000};

    explicit HashPool(unsigned threads = 0);  // 0: by the number of cores
    ~HashPool();
    HashPool(const HashPool&) = delete;
    HashPool& operator=(const HashPool&) = delete;
    // Ends the threads; what has not begun is dropped. Idempotent.
    void stop();
    // False when too many wait already, or after stop(). `task` runs on a thread of the pool.
    [[nodiscard]] bool post(Waiting waiting, std::function<void()> task);

  private:
    using Clock = SteadyClock;
    struct Task {
        Waiting waiting;
        std::function<void()> run;
        Clock::time_point posted;
    };
    void run();
    void drop_abandoned();
    [[nodiscard]] Task take();

    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<Task> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace midge
