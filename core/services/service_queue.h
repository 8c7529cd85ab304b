#pragma once
// How requests come from the threads of publishers to the thread of a service.
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

// Services that must not hold up each other have a queue and a reactor each; those of
// SystemServices share theirs. Publishers wait (RoomSource) while more than a half of `bytes_max`
// is queued. What comes beyond `bytes_max` all the same, of publishers that cannot wait, or of very
// many in one turn, is dropped with a log line.
//
// Invariant: the bytes of tasks that wait are never more than `bytes_max`, except those of a single
// task.
class ServiceQueue final : public RoomSource {
  public:
    static constexpr size_t bytes_max_default = 32 * 1024 * 1024;
    // Tasks that run in one turn of the reactor, so that its timers and others come to their turn.
    static constexpr size_t tasks_per_turn = 256;
    // What a task costs beside the bytes that are counted.
    static constexpr size_t task_bytes = 256;

    // Tasks run on the thread of `reactor`, in the order of push(). Both outlive the use of this.
    ServiceQueue(Reactor& reactor, Logger& log, size_t bytes_max = bytes_max_default)
        : reactor_(reactor), log_(log), bytes_max_(bytes_max) {}

    // `bytes`: of memory that the task alone keeps; `what`: names it in the log. False: dropped.
    // Throws std::bad_alloc. Any thread.
    bool push(std::string_view what, size_t bytes, Task task);
    // Whether a publisher should wait before it pushes more. Any thread.
    [[nodiscard]] bool wants_room() const noexcept {
        return wants_room_.load(std::memory_order_relaxed);
    }
    // Of tasks that wait; with task_bytes for each.
    [[nodiscard]] size_t bytes() const;

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

    mutable std::mutex mutex_;  // guards what follows; a leaf
    std::deque<Item> items_;
    size_t bytes_ = 0;
    std::vector<RoomWaiter> waiters_;
    bool due_ = false;   // run_some() is posted
    bool full_ = false;  // said so in the log, since there was room
};

}  // namespace midge
