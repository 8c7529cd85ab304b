#pragma once
// Threads that work through a bounded queue.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace midge {

// Bounds of the items that wait, and of what a thread takes at a time.
template <class Item>
struct WorkLimits {
    size_t items_max = std::numeric_limits<size_t>::max();
    size_t bytes_max = std::numeric_limits<size_t>::max();
    size_t (*bytes_of)(const Item&) = [](const Item&) -> size_t { return 0; };
    size_t batch_max = std::numeric_limits<size_t>::max();
};

// Works on items on threads of its own; with one thread, in the order of push(). Any thread may use
// it. An exception of the work ends the process.
template <class Item>
class WorkQueue {
  public:
    using Batch = std::deque<Item>;

    // `work` gets the items that wait, at most `batch_max`. What it uses outlives stop().
    WorkQueue(size_t threads, WorkLimits<Item> limits, std::function<void(Batch)> work)
        : limits_(limits), work_(std::move(work)) {
        for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
    }
    // `work` gets one item.
    WorkQueue(size_t threads, size_t items_max, std::function<void(Item)> work)
        : WorkQueue(threads, WorkLimits<Item>{.items_max = items_max, .batch_max = 1},
                    [work = std::move(work)](Batch one) { work(std::move(one.front())); }) {}
    WorkQueue(const WorkQueue&) = delete;
    WorkQueue& operator=(const WorkQueue&) = delete;
    ~WorkQueue() { stop(); }

    // False when the queue is full or stopped; then `item` is left as it is.
    [[nodiscard]] bool push(Item& item) {
        const std::lock_guard lock(mutex_);
        if (stopping_ || items_.size() >= limits_.items_max) return false;
        const size_t bytes = limits_.bytes_of(item);
        if (bytes > limits_.bytes_max - bytes_) return false;
        items_.push_back(std::move(item));
        bytes_ += bytes;
        ++pushed_;
        wake_.notify_one();
        return true;
    }

    // Drops the waiting items that `unwanted` is true of.
    template <class Unwanted>
    void drop_if(Unwanted unwanted) {
        Batch dropped;  // ends after the lock: an item may call back when it does
        const std::lock_guard lock(mutex_);
        for (auto item = items_.begin(); item != items_.end();) {
            if (!unwanted(*item)) {
                ++item;
                continue;
            }
            bytes_ -= limits_.bytes_of(*item);
            dropped.push_back(std::move(*item));
            item = items_.erase(item);
        }
    }

    [[nodiscard]] size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return items_.size();
    }

    // Waits until the items that were pushed before are done, or dropped by stop(). False if that
    // takes longer than `timeout`, and at once on the thread of the queue. Requires: one thread,
    // and no drop_if().
    bool wait_until_done(std::chrono::milliseconds timeout) {
        if (worker_ == std::this_thread::get_id()) return false;
        std::unique_lock lock(mutex_);
        return done_changed_.wait_for(lock, timeout,
                                      [this, wanted = pushed_] { return done_ >= wanted; });
    }

    // Waits for the work that has begun. Items that wait are worked on before if `finish`, else
    // dropped. Not on a thread of the queue.
    void stop(bool finish = false) {
        Batch dropped;
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            if (!finish) {
                dropped = take(items_.size());
                note_done(dropped.size());
            }
            wake_.notify_all();
        }
        dropped.clear();
        for (std::thread& thread : threads_) thread.join();
        threads_.clear();
    }

  private:
    void run() {
        worker_ = std::this_thread::get_id();
        std::unique_lock lock(mutex_);
        while (true) {
            wake_.wait(lock, [this] { return stopping_ || !items_.empty(); });
            if (items_.empty()) return;
            Batch batch = take(limits_.batch_max);
            const size_t count = batch.size();
            lock.unlock();
            work_(std::move(batch));
            lock.lock();
            note_done(count);
        }
    }

    Batch take(size_t count_max) {
        Batch taken;
        if (items_.size() <= count_max) {
            bytes_ = 0;
            taken.swap(items_);
            return taken;
        }
        while (taken.size() < count_max) {
            bytes_ -= limits_.bytes_of(items_.front());
            taken.push_back(std::move(items_.front()));
            items_.pop_front();
        }
        return taken;
    }

    void note_done(size_t count) {
        done_ += count;
        done_changed_.notify_all();
    }

    const WorkLimits<Item> limits_;
    const std::function<void(Batch)> work_;
    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable wake_;
    std::condition_variable done_changed_;
    Batch items_;
    size_t bytes_ = 0;  // of them
    uint64_t pushed_ = 0;
    uint64_t done_ = 0;
    bool stopping_ = false;
    std::atomic<std::thread::id> worker_;  // if there is one thread
    std::vector<std::thread> threads_;     // last: they use the members above
};

}  // namespace midge
