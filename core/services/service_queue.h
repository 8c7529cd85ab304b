#pragma once
// Passes requests from the threads of publishers to the thread of a service.
#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "net/reactor.h"
#include "net/room_source.h"

namespace midge {

// Services that must not delay each other have a queue and a reactor each; those of SystemServices
// share one. Publishers wait (RoomSource) while more than half of `bytes_max` is queued. Requests
// above `bytes_max`, from publishers that cannot wait or from very many in one turn, are dropped
// with a log line.
//
// Invariant: the bytes of waiting tasks are at most `bytes_max`, except for a single task.
class ServiceQueue final : public RoomSource {
  public:
    static constexpr size_t bytes_max_default = 32 * 1024 * 1024;
    // The most tasks that run in one turn of the reactor, so that timers and other tasks also run.
    static constexpr size_t tasks_per_turn = 256;
    // The memory of a task in addition to the counted bytes.
    static constexpr size_t task_bytes = 256;

    // Tasks run on the thread of `reactor`, in the order of push(). Requires: `reactor` and `log`
    // outlive the queue.
    ServiceQueue(Reactor& reactor, Logger& log, size_t bytes_max = bytes_max_default)
        : reactor_(reactor), log_(log), bytes_max_(bytes_max) {}

    // Queues a task. `bytes`: memory that only the task keeps; `what`: its name in the log. Returns
    // false if the task is dropped. Throws std::bad_alloc. Any thread.
    bool push(std::string_view what, size_t bytes, Task task);
    // Whether publishers should wait before they push more. Any thread.
    [[nodiscard]] bool wants_room() const noexcept {
        return wants_room_.load(std::memory_order_relaxed);
    }
    // Memory of waiting tasks, including task_bytes for each.
    [[nodiscard]] size_t bytes() const;
    // The number of waiting tasks.
    [[nodiscard]] size_t size() const;

    // RoomSource
    [[nodiscard]] bool wait_for_room(const RoomWaiter& waiter) override;
    void stop_waiting(const RoomWaiter& waiter) override;
    [[nodiscard]] bool may_hang() const noexcept override { return false; }
    void check_progress() override {}

  private:
    struct Item {
        size_t bytes;
        Task task;
    };
    void post_turn();
    void run_some();
    void tell_of_room();

    Reactor& reactor_;
    Logger& log_;
    const size_t bytes_max_;
    std::atomic<bool> wants_room_{false};

    mutable std::mutex mutex_;  // guards the members below; the last lock in the lock order
    std::deque<Item> items_;
    size_t bytes_ = 0;
    std::vector<RoomWaiter> waiters_;
    bool due_ = false;   // run_some() is posted
    bool full_ = false;  // logged since there was room the last time
};

}  // namespace midge
