#include "services/service_queue.h"

#include <new>
#include <utility>

#include "net/outbound.h"

namespace midge {

bool ServiceQueue::push(std::string_view what, size_t bytes, Task task) {
    bytes += task_bytes;
    {
        std::unique_lock lock(mutex_);
        if (!items_.empty() && (bytes_ >= bytes_max_ || bytes > bytes_max_ - bytes_)) {
            const bool is_news = !std::exchange(full_, true);
            const size_t waiting = bytes_;
            lock.unlock();
            if (is_news) {
                log_.warn("System request on {} dropped, and maybe others: {} bytes wait already",
                          what, waiting);
            }
            return false;
        }
        items_.push_back({bytes, std::move(task)});
        bytes_ += bytes;
        if (bytes_ > bytes_max_ / 2) wants_room_.store(true, std::memory_order_relaxed);
        if (std::exchange(due_, true)) return true;
    }
    post_turn();
    return true;
}

// If there is no memory, the next push() tries again.
void ServiceQueue::post_turn() {
    try {
        reactor_.post([self = Ref<ServiceQueue>(this)] { self->run_some(); });
    } catch (const std::bad_alloc&) {
        const std::lock_guard lock(mutex_);
        due_ = false;
        throw;
    }
}

size_t ServiceQueue::size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
}

size_t ServiceQueue::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

void ServiceQueue::run_some() {
    for (size_t i = 0; i < tasks_per_turn; ++i) {
        Task task;
        {
            const std::lock_guard lock(mutex_);
            task = std::move(items_.front().task);
        }
        task();
        task = {};
        // The task counts until it has finished.
        bool is_last = false;
        {
            const std::lock_guard lock(mutex_);
            bytes_ -= items_.front().bytes;
            items_.pop_front();
            is_last = items_.empty();
            if (is_last) due_ = full_ = false;
        }
        if (wants_room()) tell_of_room();
        if (is_last) return;
    }
    post_turn();
}

// Only when a quarter is left, so that waits are rare.
void ServiceQueue::tell_of_room() {
    std::vector<RoomWaiter> freed;
    {
        const std::lock_guard lock(mutex_);
        if (bytes_ > bytes_max_ / 4) return;
        wants_room_.store(false, std::memory_order_relaxed);
        full_ = false;
        freed = std::exchange(waiters_, {});
    }
    for (const RoomWaiter& waiter : freed)
        waiter.owner->on_room(waiter.connection_id, waiter.number);
}

bool ServiceQueue::wait_for_room(const RoomWaiter& waiter) {
    const std::lock_guard lock(mutex_);
    if (!wants_room()) return false;
    waiters_.push_back(waiter);
    return true;
}

void ServiceQueue::stop_waiting(const RoomWaiter& waiter) {
    const std::lock_guard lock(mutex_);
    std::erase(waiters_, waiter);
}

}  // namespace midge
